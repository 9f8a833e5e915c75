"""The commands, one thin file a group."""
