"""HTTP that sinks share: one request and what became of it, whatever the API.

`service` says what an API is called and by which settings it is reached, `keys` where the key comes from, `settings`
what else argument and environment say, `transport` one request and its failures, `bounds` how long it may take,
`retry` and `rate_limit` when it may go out, `bodies` what is posted, `answers` what came back and what a refusal means,
`listings` pages. The words of one API, its paths, fields and counters, are in the room of that API. httpx is named in
this room alone.
"""
