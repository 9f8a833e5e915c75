"""What the bot says: picture, voice and words, in the language of who hears it."""
