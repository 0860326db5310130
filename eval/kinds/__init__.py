"""Questions of many kinds asked of the product: about the collection, follow-ups, lists, advice, off topic."""
