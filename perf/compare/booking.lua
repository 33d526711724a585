-- wrk: posts the booking request to /$process-message with a sender's headers. Arguments: the
-- body's file, the value of NHSD-Target-Identifier, the Host header.
-- Requests are made before the clock starts and used in turn, each with ids of its own.

local DIFFERENT = 256
local requests = {}
local turn = 0

local function uuid()
  return (("xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx"):gsub("x", function()
    return ("%x"):format(math.random(0, 15))
  end))
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local body = file:read("*a")
  file:close()
  math.randomseed(os.time())
  for i = 1, DIFFERENT do
    requests[i] = wrk.format("POST", "/booking-and-referral/FHIR/R4/$process-message", {
      ["Host"] = args[3],
      ["Content-Type"] = "application/fhir+json",
      ["Accept"] = "application/fhir+json; version=1.1.0",
      ["X-Request-Id"] = uuid(),
      ["X-Correlation-Id"] = uuid(),
      ["NHSD-Target-Identifier"] = args[2],
      -- {"resourceType":"Organization","identifier":[{"system":".../ods-organization-code","value":"ZZ9003"}],"name":"Load test sender"}
      ["NHSD-End-User-Organisation"] = "eyJyZXNvdXJjZVR5cGUiOiJPcmdhbml6YXRpb24iLCJpZGVudGlmaWVyIjpbeyJzeXN0ZW0iOiJodHRwczovL2ZoaXIubmhzLnVrL0lkL29kcy1vcmdhbml6YXRpb24tY29kZSIsInZhbHVlIjoiWlo5MDAzIn1dLCJuYW1lIjoiTG9hZCB0ZXN0IHNlbmRlciJ9",
      -- {"resourceType":"Device","identifier":[{"system":".../device-identifier","value":"LOAD-1"}],"deviceName":[{"name":"Load test",...}],"version":[{"value":"1.0.0"}]}
      ["NHSD-Requesting-Software"] = "eyJyZXNvdXJjZVR5cGUiOiJEZXZpY2UiLCJpZGVudGlmaWVyIjpbeyJzeXN0ZW0iOiJodHRwczovL3NhbmRib3guZXhhbXBsZS5vcmcvSWQvZGV2aWNlLWlkZW50aWZpZXIiLCJ2YWx1ZSI6IkxPQUQtMSJ9XSwiZGV2aWNlTmFtZSI6W3sibmFtZSI6IkxvYWQgdGVzdCIsInR5cGUiOiJtYW51ZmFjdHVyZXItbmFtZSJ9XSwidmVyc2lvbiI6W3sidmFsdWUiOiIxLjAuMCJ9XX0=",
      ["use-context"] = "a1t1|booked|booking-request|new",
    }, body)
  end
end

function request()
  turn = turn % DIFFERENT + 1
  return requests[turn]
end

-- One line for run.sh: exchanges, microseconds, p50 and p99 in microseconds, failures of each kind.
function done(summary, latency)
  local errors = summary.errors
  print(("RESULT %d %d %d %d %d %d"):format(
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
