namespace GoneAway.Gateway.Statements;

/// <summary>The words themselves, in lower case.</summary>
/// <remarks>MySQL manual, "Keywords and Reserved Words", "Built-In Function and Operator Reference", "Statements That Cause an Implicit Commit"; MariaDB's pages of the same names.</remarks>
internal static class Vocabulary
{
    /// <summary>Reserved by MySQL and by MariaDB, and followed by a parenthesis in a read.</summary>
    public const string Reserved =
        "select distinct all from join where on having by and or xor not in exists between like regexp rlike div case when then else as using "
        + "union limit interval binary char character varchar decimal numeric double float int integer values match index key "
        + "partition straight_join recursive separator row distinctrow if left right mod repeat convert";

    /// <summary>Without effects, on the server or on the session, in every version that has them.</summary>
    public const string Functions =
        // aggregates and windows
        "avg bit_and bit_or bit_xor count group_concat json_arrayagg json_objectagg max min std stddev stddev_pop stddev_samp sum var_pop var_samp "
        + "variance row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value grouping any_value "
        // numbers
        + "abs acos asin atan atan2 ceil ceiling conv cos cot crc32 degrees exp floor ln log log10 log2 pi pow power radians rand round sign sin "
        + "sqrt tan truncate format "
        // text
        + "ascii bin bit_count bit_length char char_length character_length concat concat_ws elt export_set field find_in_set from_base64 hex insert "
        + "instr lcase length locate lower lpad ltrim make_set mid oct octet_length ord position quote replace reverse rpad rtrim "
        + "soundex space strcmp substr substring substring_index to_base64 trim ucase unhex upper weight_string regexp_instr regexp_replace "
        + "regexp_substr regexp_like "
        // time
        + "adddate addtime convert_tz curdate current_date current_time current_timestamp curtime date date_add date_format date_sub datediff day "
        + "dayname dayofmonth dayofweek dayofyear extract from_days from_unixtime get_format hour last_day localtime localtimestamp makedate maketime "
        + "microsecond minute month monthname now period_add period_diff quarter sec_to_time second str_to_date subdate subtime sysdate time "
        + "time_format time_to_sec timediff timestamp timestampadd timestampdiff to_days to_seconds unix_timestamp utc_date utc_time utc_timestamp week "
        + "weekday weekofyear year yearweek "
        // conditions and casts
        + "ifnull nullif coalesce greatest least isnull cast "
        // digests
        + "md5 sha sha1 sha2 compress uncompress uncompressed_length aes_encrypt aes_decrypt "
        // the session and the server
        + "database schema user current_user session_user system_user version charset collation coercibility connection_id current_role "
        // addresses and ids
        + "inet_aton inet_ntoa inet6_aton inet6_ntoa is_ipv4 is_ipv6 uuid is_uuid uuid_to_bin bin_to_uuid "
        // JSON
        + "json_array json_object json_extract json_unquote json_quote json_contains json_contains_path json_keys json_length json_depth json_search "
        + "json_type json_valid json_value json_set json_insert json_replace json_remove json_merge json_merge_patch json_merge_preserve "
        + "json_array_append json_array_insert json_pretty json_overlaps json_query json_exists json_compact json_detailed json_loose "
        // places
        + "st_astext st_aswkt st_asbinary st_aswkb st_asgeojson st_geomfromtext st_geomfromwkb st_geomfromgeojson st_geometryfromtext "
        + "st_pointfromtext st_x st_y st_contains st_within st_distance st_distance_sphere st_intersects st_srid st_area st_length st_centroid "
        + "st_buffer st_envelope st_equals st_touches st_overlaps st_crosses st_disjoint mbrcontains mbrwithin mbrintersects point linestring polygon";

    public static readonly (SqlWord Word, string Names)[] Words =
    [
        (SqlWord.Select, "select"), (SqlWord.Show, "show"), (SqlWord.Describe, "describe desc"), (SqlWord.Explain, "explain"),
        (SqlWord.Values, "values"), (SqlWord.Table, "table"), (SqlWord.With, "with"), (SqlWord.Begin, "begin"), (SqlWord.Start, "start"),
        (SqlWord.Commit, "commit"), (SqlWord.Rollback, "rollback"), (SqlWord.Xa, "xa"), (SqlWord.Set, "set"), (SqlWord.Use, "use"),
        (SqlWord.Lock, "lock"), (SqlWord.Unlock, "unlock"), (SqlWord.Flush, "flush"), (SqlWord.Backup, "backup"), (SqlWord.Prepare, "prepare"),
        (SqlWord.Execute, "execute"), (SqlWord.Deallocate, "deallocate"), (SqlWord.Get, "get"), (SqlWord.Kill, "kill"), (SqlWord.Call, "call"),
        (SqlWord.Handler, "handler"), (SqlWord.Load, "load"), (SqlWord.Create, "create"), (SqlWord.Drop, "drop"), (SqlWord.Import, "import"),
        (SqlWord.ImplicitCommit, "alter rename truncate grant revoke optimize repair check cache install uninstall reset stop change restart shutdown clone"),
        (SqlWord.Insert, "insert"), (SqlWord.Replace, "replace"), (SqlWord.Update, "update"), (SqlWord.Delete, "delete"),
        (SqlWord.Plain, "do savepoint checksum help purge binlog signal resignal"),
        (SqlWord.Into, "into"), (SqlWord.ForbiddenInRead, "procedure outfile dumpfile innodb_cmp_reset innodb_cmpmem_reset"), (SqlWord.Sequence, "nextval setval lastval currval"), (SqlWord.Previous, "previous"),
        (SqlWord.For, "for"), (SqlWord.Share, "share"), (SqlWord.Next, "next"), (SqlWord.Value, "value"), (SqlWord.Analyze, "analyze"),
        (SqlWord.Warnings, "warnings errors"), (SqlWord.Count, "count"), (SqlWord.Profiles, "profile profiles"), (SqlWord.To, "to"),
        (SqlWord.Chain, "chain"), (SqlWord.Release, "release"), (SqlWord.No, "no"), (SqlWord.Temporary, "temporary"), (SqlWord.Local, "local"),
        (SqlWord.Export, "export"), (SqlWord.Transaction, "transaction"), (SqlWord.Names, "names"), (SqlWord.Character, "character char"),
        (SqlWord.Charset, "charset"), (SqlWord.Autocommit, "autocommit"), (SqlWord.Role, "role authorization"), (SqlWord.Resource, "resource"),
        (SqlWord.Statement, "statement"), (SqlWord.CalcFoundRows, "sql_calc_found_rows"), (SqlWord.Diagnostics, "diagnostics"),
        (SqlWord.Tables, "tables"), (SqlWord.Index, "index"), (SqlWord.Not, "not"),
        (SqlWord.Isolation, "transaction_isolation tx_isolation transaction_read_only tx_read_only"),
        (SqlWord.LastOfConnection, "identity last_insert_id"), (SqlWord.CountOfLast, "warning_count error_count last_gtid"), (SqlWord.Instance, "instance"),
        (SqlWord.Password, "password"), (SqlWord.Returning, "returning"),
        (SqlWord.LockFunction, "get_lock release_lock release_all_locks service_get_read_locks service_get_write_locks service_release_locks"),
        (SqlWord.LastFunction, "found_rows row_count wsrep_last_written_gtid wsrep_last_seen_gtid"),
        (SqlWord.OtherFunction, "sleep benchmark uuid_short sys_guid random_bytes load_file name_const is_free_lock is_used_lock master_pos_wait source_pos_wait "
            + "master_gtid_wait wait_for_executed_gtid_set wait_until_sql_thread_after_gtids binlog_gtid_pos "
            + "wsrep_sync_wait_upto_gtid extractvalue updatexml natural_sort_key old_password encode decode encrypt des_encrypt des_decrypt "
            + "nvl nvl2 chr to_char to_number to_date add_months lengthb sformat median percentile_cont percentile_disc crc32c column_check column_exists column_list column_json "
            + "column_get json_normalize json_equals is_ipv4_compat is_ipv4_mapped ps_current_thread_id ps_thread_id format_bytes format_pico_time "
            + "gtid_subset gtid_subtract validate_password_strength statement_digest statement_digest_text roles_graphml icu_version "
            + "default geomfromtext pointfromtext linefromtext polyfromtext astext aswkt asbinary geometrycollection multipoint multilinestring multipolygon "
            + "st_makeenvelope st_latitude st_longitude st_transform st_simplify st_isvalid st_validate st_swapxy st_numpoints st_pointn st_startpoint "
            + "st_endpoint st_geometrytype st_isempty st_isclosed st_union st_difference st_symdifference st_intersection st_convexhull st_collect st_geohash "
            + "st_latfromgeohash st_longfromgeohash st_pointfromgeohash vector_dim string_to_vector vector_to_string to_vector from_vector vec_distance "
            + "vec_fromtext vec_totext vec_distance_euclidean vec_distance_cosine json_table json_storage_size json_storage_free json_schema_valid "
            + "json_array_intersect json_object_to_array json_key_value kdf"),
    ];
}
