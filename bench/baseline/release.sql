\set line random(1, 10000)
\set seller :line % 1000 + 1
SELECT release(20000 + :line, :seller, 30000 + :seller, 100, 12, 2, 5);
