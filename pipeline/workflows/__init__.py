"""The five workflows: each says what must happen, none says how it is triggered or moved."""
