CREATE FUNCTION unaccent(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(normalize($1, NFD), '[\u0300-\u036F]', '', 'g');
