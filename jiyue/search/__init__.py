"""Finding what is public: every substring of two characters or more, over the cluster or one website."""
