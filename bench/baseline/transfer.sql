\set a random(1, 10000)
\set b (:a + random(0, 9998)) % 10000 + 1
SELECT transfer(:a, :b, 1);
