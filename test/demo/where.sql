-- Where the money of the order is at this moment, by seller.
SELECT coalesce(p.name, 'order as a whole') AS seller, f.location, sum(f.value) AS value, f.currency, bool_or(f.memo) AS memo
FROM marketplace.funds_location(1, :order_id) f LEFT JOIN marketplace.parties p ON p.marketplace_id = 1 AND p.id = f.seller_id
GROUP BY p.name, f.location, f.currency ORDER BY p.name NULLS FIRST, f.location;
