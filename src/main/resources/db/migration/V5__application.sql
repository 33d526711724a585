-- Which application sent it, proven by its access token or by the API gateway: null where nobody
-- proved it. Links from here on are of version 2 and cover it; older records keep their links, and
-- it must stay null in them.
ALTER TABLE audit.exchange ADD COLUMN application text;
