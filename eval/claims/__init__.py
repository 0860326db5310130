"""How well claims are verified: claims with evidence and a label that people gave, judged by the product's verifier."""
