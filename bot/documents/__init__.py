"""Pictures of documents (证件材料): what kinds there are, and whether a photo is fit to be kept."""
