"""What an API holds as dated files, to predict with: `snapshot` writes one, `draft` keeps its pages until then."""
