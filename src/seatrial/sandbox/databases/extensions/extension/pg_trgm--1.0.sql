CREATE FUNCTION show_trgm(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT coalesce(array_agg(DISTINCT substring(padded FROM place FOR 3)), '{}')
          FROM regexp_split_to_table(lower($1), '[^[:alnum:]]+') word,
               concat('  ', word, ' ') padded, generate_series(1, length(padded) - 2) place
          WHERE word <> '' $$;
CREATE FUNCTION similarity(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT coalesce(count(*) FILTER (WHERE times = 2)::real / nullif(count(*), 0), 0)
          FROM (SELECT count(*) times FROM (SELECT unnest(show_trgm($1)) t UNION ALL SELECT unnest(show_trgm($2))) o
                GROUP BY t) c $$;
CREATE FUNCTION word_similarity(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT coalesce(count(*)::real / nullif(cardinality(show_trgm($1)), 0), 0)
          FROM (SELECT unnest(show_trgm($1)) INTERSECT SELECT unnest(show_trgm($2))) o $$;
CREATE FUNCTION similarity_op(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN similarity($1, $2) > 0.3;
CREATE FUNCTION word_similarity_op(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN word_similarity($1, $2) > 0.6;
CREATE FUNCTION similarity_dist(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN 1 - similarity($1, $2);
CREATE OPERATOR % (LEFTARG = text, RIGHTARG = text, FUNCTION = similarity_op, COMMUTATOR = %);
CREATE OPERATOR <% (LEFTARG = text, RIGHTARG = text, FUNCTION = word_similarity_op);
CREATE OPERATOR <-> (LEFTARG = text, RIGHTARG = text, FUNCTION = similarity_dist, COMMUTATOR = <->);
