-- The extension installs, in a schema of its own.
CREATE EXTENSION marketplace;
SELECT extversion AS version,
       extnamespace::regnamespace AS schema,
       extrelocatable AS relocatable
  FROM pg_extension
 WHERE extname = 'marketplace';
