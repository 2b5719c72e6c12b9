"""What several replicas of one service share through Redis; one machine needs none of it."""
