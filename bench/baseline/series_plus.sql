SELECT number_plus(11, 'ONE', '{"goods": "bench", "quantity": 1}');
