\set a random(1, 10000)
SELECT transfer(:a, 40005, 1);
