namespace GoneAway.Gateway.Statements;

/// <summary>What the text of a command says of its effects, as far as a session has to know. A trait too many costs speed, one too few a promise.</summary>
[Flags]
public enum StatementTraits : uint
{
    None = 0,
    /// <summary>One statement that changes nothing, however often it runs. What views, triggers and engines do behind it is not seen.</summary>
    PureRead = 1 << 0,
    /// <summary>BEGIN, START TRANSACTION, XA START, COMMIT AND CHAIN.</summary>
    Begin = 1 << 1,
    /// <summary>COMMIT, ROLLBACK, XA, and what commits by itself: DDL, locks of tables, SET autocommit; BEGIN too, which commits what was open.</summary>
    EndsTransaction = 1 << 2,
    /// <summary>Assigns a user variable, or may.</summary>
    UserVariable = 1 << 3,
    /// <summary>CREATE or DROP TEMPORARY TABLE.</summary>
    TemporaryTable = 1 << 4,
    /// <summary>LOCK TABLES, LOCK INSTANCE, FLUSH TABLES WITH READ LOCK or FOR EXPORT, BACKUP.</summary>
    TableLock = 1 << 5,
    /// <summary>UNLOCK.</summary>
    TableUnlock = 1 << 6,
    /// <summary>GET_LOCK and its like, taken or given back.</summary>
    NamedLock = 1 << 7,
    /// <summary>PREPARE, EXECUTE, DEALLOCATE.</summary>
    TextPrepare = 1 << 8,
    /// <summary>Asks about the statement before: LAST_INSERT_ID, FOUND_ROWS, ROW_COUNT, SHOW WARNINGS, GET DIAGNOSTICS and the variables that say the same.</summary>
    ReadsLast = 1 << 9,
    /// <summary>SQL_CALC_FOUND_ROWS.</summary>
    CalcFoundRows = 1 << 10,
    /// <summary>Holds for the next transaction alone: SET TRANSACTION, SET @@transaction_isolation without a scope.</summary>
    OneShotTransaction = 1 << 11,
    /// <summary>SET of any kind, USE.</summary>
    SetsState = 1 << 12,
    /// <summary>SET NAMES, SET CHARACTER SET.</summary>
    SetsCharset = 1 << 13,
    /// <summary>SET ROLE, SET RESOURCE GROUP: state that the server does not report.</summary>
    UntrackedState = 1 << 14,
    Kill = 1 << 15,
    Call = 1 << 16,
    /// <summary>HANDLER: a cursor that stays open.</summary>
    Handler = 1 << 17,
    /// <summary>LOAD DATA LOCAL, LOAD XML LOCAL.</summary>
    LoadLocal = 1 << 18,
    /// <summary>Several statements.</summary>
    Multi = 1 << 19,
    /// <summary>Names a variable session_track_...</summary>
    SessionTracking = 1 << 20,
    /// <summary>COMMIT or ROLLBACK RELEASE: the server closes the connection.</summary>
    Disconnects = 1 << 21,
    /// <summary>The server may read the text otherwise than it was read here: an unclosed quote, a sql_mode or character set that would move a quote's end, an unknown statement.</summary>
    Doubtful = 1 << 22,
    Xa = 1 << 23,
    /// <summary>Of what <see cref="ReadsLast"/> means, anything but LAST_INSERT_ID: what no connection but that statement's can tell.</summary>
    AsksOfLast = 1 << 24,
    /// <summary>May change LAST_INSERT_ID() without saying so in its OK: LAST_INSERT_ID(expr), LOAD DATA, INSERT ... RETURNING.</summary>
    ChangesInsertId = 1 << 25,
    /// <summary>It calls a function that is none of the server's own. Of what creates something, it is not looked for.</summary>
    CallsFunction = 1 << 26,
}
