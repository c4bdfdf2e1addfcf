"""How good the product's decisions are: measured against labelled data, with floors that only rise."""
