"""Old sites and Word files in: what arrives is decoded, recognised, cleaned and becomes drafts."""
