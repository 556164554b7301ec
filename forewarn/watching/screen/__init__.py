"""The full screen of ``forewarn watch``: the only room that imports Textual; what it draws the others work out."""
