"""What the service says to people: moments, refusals, states, histories and journeys, in words."""
