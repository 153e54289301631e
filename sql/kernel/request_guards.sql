ALTER TABLE marketplace.requests ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS operators ON marketplace.requests;
CREATE POLICY operators ON marketplace.requests FOR SELECT USING (marketplace.access_operates(marketplace_id));
