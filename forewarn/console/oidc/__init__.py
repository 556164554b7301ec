"""Login by OpenID Connect: the provider is asked, its word is checked, and who it vouches for is let in."""
