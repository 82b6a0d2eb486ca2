/** A first config for a new user: complete, commented, and free of problems once its variables are set. */
export function exampleConfig(): string {
  return EXAMPLE;
}

const EXAMPLE = `# What parity compares, and when it calls the two feeds equal.
#
#   control    the feed you trust: the legacy Pusher Channels stream
#   candidate  the feed on trial: the new Phoenix Channels feed
#
# \${NAME} is an environment variable; its value is kept out of every output. Before the first run:
#   export PUSHER_KEY=… REP1_TOKEN=…
# Check all of this with "parity doctor", then compare with "parity watch".

# The test accounts to listen for. Whatever an account holds can be used below as {account.NAME}.
accounts:
  - id: rep-1
    token: "\${REP1_TOKEN}"
  # - id: rep-2
  #   token: "\${REP2_TOKEN}"

control:
  pusher:
    key: "\${PUSHER_KEY}"
    cluster: mt1            # or "host", "port" and "tls" for a Pusher-compatible server
    channels: ["private-feed-{account.id}"]
    auth:                   # private and presence channels only: what your web client is told to call
      endpoint: "https://app.example.com/pusher/auth"
      headers: {authorization: "Bearer {account.token}"}

candidate:
  phoenix:
    url: "wss://feed.example.com/socket"      # /websocket is appended
    params: {token: "{account.token}"}        # what the socket's connect/3 expects
    topics: ["feed:{account.id}"]

# Each event type once: how to recognise it on either side, and its key. The key is what the two events of a pair share.
events:
  email_opened:
    control:
      event: email-opened
      key: $.id
    candidate:
      event: item_created
      where: {$.type: email_open}   # one event name for many types: told apart by the payload
      body: $.data                  # compare this part of the payload only
      key: $.data.id
  page_visited:
    candidate:
      event: item_created
      where: {$.type: page_visit}
    only: candidate                 # new on purpose: counted, never extra

# Members with a new name: candidate path to control path. Applied before comparing.
rename:
  - {from: $.actor.name, to: $.person.full_name}

# Differences that are fine. Each says why; "owner" and "expires" keep it from being forgotten.
# A path that holds [ ] must be in quotes: "$.items[*].price".
rules:
  - {path: $.updated_at, ignore: true, reason: written by each service for itself}
  - {path: $.opened_at, as: instant, reason: milliseconds there and microseconds here}
  # - {path: $.score, as: {number: {tolerance: 0.01}}, reason: rounded differently}
  # - {path: $.note, as: {text: {html: true, unicode: nfc}}, reason: escaped there}
  # - {path: $.tags, as: set, reason: their order means nothing, expires: 2030-01-31}

# A frame that no type claims: report, fail or ignore.
unmapped: report

match:
  window: {before: 0s, after: 10s}  # a candidate event may come this long before and after its control event
  settle: 500ms                     # how long after a subscription a side counts as listening

# The limits for "proven". With no defect at all, a rate of 0.001 at a confidence of 0.95 takes 2995 pairs.
gate:
  confidence: 0.95
  defectRate: 0.001
  missing: 0
  extra: 0
  minPerType: 30
  lag: {p99: 2s}
`;
