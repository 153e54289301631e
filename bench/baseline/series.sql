SELECT number_plain(11, 'ONE', '{"goods": "bench", "quantity": 1}');
