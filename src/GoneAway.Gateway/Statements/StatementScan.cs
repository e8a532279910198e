namespace GoneAway.Gateway.Statements;

/// <summary>Says what the text of a COM_QUERY or COM_STMT_PREPARE does, in one pass and without allocation.</summary>
/// <remarks>
/// Read as the server reads it, and where that depends on what is not known here (sql_mode, character set, version) as the worse of both.
/// An error of the server is no effect, so text that it refuses may be called anything.
/// </remarks>
public static class StatementScan
{
    /// <summary>The traits of the text of one command.</summary>
    public static StatementTraits Classify(ReadOnlySpan<byte> sql)
    {
        var lexer = new SqlLexer(sql);
        var statement = new Statement();
        StatementTraits all = StatementTraits.None;
        bool ended = false;
        SqlToken before = SqlToken.End;
        while (true)
        {
            SqlToken token = lexer.Next();
            if (token == SqlToken.End)
                break;
            if (token == SqlToken.Semicolon)
            {
                ended = true;
                continue;
            }
            if (ended)
            {
                all |= statement.Finish() | StatementTraits.Multi;
                statement = new Statement();
                ended = false;
                before = SqlToken.End;
            }
            statement.Take(ref lexer, token, before);
            before = token;
        }
        all |= statement.Finish();
        if (lexer.IsDoubtful)
            all |= StatementTraits.Doubtful;
        if (lexer.IsConditional || (all & (StatementTraits.Multi | StatementTraits.Doubtful)) != 0)
            all &= ~StatementTraits.PureRead;
        return all;
    }

    /// <summary>The traits of a text of which the beginning is known: the end of a quote need not be there, nor a statement behind.</summary>
    /// <param name="sql">The beginning.</param>
    /// <param name="mayBeSeveral">There may be another statement behind.</param>
    public static StatementTraits ClassifyBeginning(ReadOnlySpan<byte> sql, bool mayBeSeveral)
    {
        StatementTraits all = Classify(sql) & ~StatementTraits.PureRead | (mayBeSeveral ? StatementTraits.Multi : 0);
        var lexer = new SqlLexer(sql);
        return (lexer.Next() == SqlToken.Word && lexer.End < sql.Length ? SqlWords.Find(lexer.Text, out _) : SqlWord.None) switch
        {
            // RETURNING may stand behind.
            SqlWord.Insert or SqlWord.Replace => all & ~StatementTraits.Doubtful | StatementTraits.ChangesInsertId,
            SqlWord.Update or SqlWord.Delete or SqlWord.Load or SqlWord.Set or SqlWord.Call => all & ~StatementTraits.Doubtful,
            // INTO @variable and GET_LOCK() may stand behind.
            SqlWord.Select or SqlWord.With or SqlWord.Values => all & ~StatementTraits.Doubtful | StatementTraits.UserVariable | StatementTraits.NamedLock,
            _ => all | StatementTraits.Doubtful,
        };
    }

    private struct Statement
    {
        private StatementTraits traits;
        private SqlWord first;
        /// <summary>The last word; a quoted name where one is looked at.</summary>
        private SqlWord word;
        private Parenthesis parenthesis;
        private int wordStart, wordEnd;
        private int words;
        private bool begun, impure, behindDot, sawInto, sawValues, sawSystemVariable, scoped, opensInsertId, inComment, opensInComment;
        private SqlToken beforeWord;

        public void Take(ref SqlLexer lexer, SqlToken token, SqlToken before)
        {
            if (opensInsertId && token != SqlToken.Close)
                traits |= StatementTraits.ChangesInsertId;
            opensInsertId = false;
            // Where the server skips the comment, another word is the first.
            if (opensInComment && !lexer.IsInComment)
                traits |= StatementTraits.Doubtful;
            switch (token)
            {
                case SqlToken.Word:
                    SqlWord previous = before == SqlToken.Word ? word : SqlWord.None;
                    word = SqlWords.Find(lexer.Text, out parenthesis);
                    wordEnd = lexer.End;
                    beforeWord = before;
                    behindDot = before == SqlToken.Dot;
                    bool opens = words++ == 0 && !begun;
                    begun = true;
                    inComment = lexer.IsInComment;
                    if (opens)
                    {
                        opensInComment = inComment;
                        Begin(word);
                    }
                    else if (word != SqlWord.None)
                        Inside(ref lexer, previous, before);
                    return;
                case SqlToken.Open:
                    bool isUnknown = !MayOpen(lexer.Start, before);
                    impure |= isUnknown;
                    if (before == SqlToken.Quoted)
                        word = SqlWords.Find(lexer.Between(wordStart + 1, wordEnd - 1), out _);
                    if (before is SqlToken.Word or SqlToken.Quoted)
                        Calls(isUnknown);
                    return;
                case SqlToken.Quoted:
                    wordEnd = lexer.End;
                    wordStart = lexer.Start;
                    if (first != SqlWord.Set && !sawSystemVariable)
                        break;
                    word = SqlWords.Find(lexer.Content, out _);
                    if (first == SqlWord.Set)
                        Setting(SqlWord.None, before);
                    SystemVariable(before);
                    break;
                case SqlToken.SystemVariable:
                    sawSystemVariable = true;
                    break;
                case SqlToken.Assign:
                    impure = true;
                    traits |= StatementTraits.UserVariable;
                    break;
                case SqlToken.UserVariable:
                    Variable(before);
                    break;
            }
            if (!begun)
            {
                begun = true;
                traits |= StatementTraits.Doubtful;
            }
        }

        /// <summary>What the whole statement is, at its end.</summary>
        public readonly StatementTraits Finish()
        {
            bool read = first is >= SqlWord.Select and <= SqlWord.With && begun && !impure;
            return read ? traits | StatementTraits.PureRead : traits;
        }

        private readonly bool MayOpen(int at, SqlToken before) => before switch
        {
            SqlToken.Word => parenthesis switch
            {
                Parenthesis.Function => wordEnd == at && !behindDot,
                Parenthesis.Reserved => !behindDot,
                Parenthesis.AfterClose => beforeWord == SqlToken.Close,
                Parenthesis.AfterComparison => beforeWord == SqlToken.Comparison,
                _ => false,
            },
            SqlToken.End or SqlToken.Open or SqlToken.Comma or SqlToken.Comparison or SqlToken.Other => true,
            _ => false,
        };

        private void Calls(bool isUnknown)
        {
            if (isUnknown && (word == SqlWord.None || behindDot) && MayCall)
                traits |= StatementTraits.CallsFunction;
            else if (word == SqlWord.LockFunction)
                traits |= StatementTraits.NamedLock;
            else if (word == SqlWord.LastFunction)
                traits |= StatementTraits.ReadsLast | StatementTraits.AsksOfLast;
            else if (word == SqlWord.LastOfConnection)
                (traits, opensInsertId) = (traits | StatementTraits.ReadsLast, true);
        }

        /// <summary>A name with a parenthesis is no table with its columns here.</summary>
        private readonly bool MayCall => first switch
        {
            >= SqlWord.Select and <= SqlWord.With or SqlWord.Plain or SqlWord.Set or SqlWord.Update or SqlWord.Delete => true,
            SqlWord.Insert or SqlWord.Replace or SqlWord.Load or SqlWord.Analyze => sawValues,
            _ => false,
        };

        private void Begin(SqlWord start)
        {
            first = start;
            traits |= start switch
            {
                SqlWord.Begin => StatementTraits.Begin | StatementTraits.EndsTransaction,
                SqlWord.Commit or SqlWord.Rollback or SqlWord.ImplicitCommit or SqlWord.Create or SqlWord.Drop or SqlWord.Import
                    or SqlWord.Analyze or SqlWord.Flush or SqlWord.Start or SqlWord.Unlock => StatementTraits.EndsTransaction,
                SqlWord.Xa => StatementTraits.EndsTransaction | StatementTraits.Xa,
                SqlWord.Lock => StatementTraits.EndsTransaction | StatementTraits.TableLock,
                // UNLOCK TABLES does not end a backup stage.
                SqlWord.Backup => StatementTraits.EndsTransaction | StatementTraits.UntrackedState,
                SqlWord.Set or SqlWord.Use => StatementTraits.SetsState,
                SqlWord.Prepare or SqlWord.Execute or SqlWord.Deallocate => StatementTraits.TextPrepare,
                SqlWord.Kill => StatementTraits.Kill,
                SqlWord.Call => StatementTraits.Call,
                SqlWord.Handler => StatementTraits.Handler,
                SqlWord.Get => StatementTraits.ReadsLast | StatementTraits.AsksOfLast,
                SqlWord.Load => StatementTraits.ChangesInsertId,
                SqlWord.Plain or SqlWord.Insert or SqlWord.Replace or SqlWord.Update or SqlWord.Delete
                    or SqlWord.Release or >= SqlWord.Select and <= SqlWord.With => StatementTraits.None,
                _ => StatementTraits.Doubtful,
            };
        }

        private void Inside(ref SqlLexer lexer, SqlWord previous, SqlToken before)
        {
            SystemVariable(before);
            sawValues |= word is SqlWord.Select or SqlWord.Values or SqlWord.Value or SqlWord.Set;
            switch (first)
            {
                case SqlWord.Set:
                    Setting(previous, before);
                    break;
                case SqlWord.Show when words == 2 && word is SqlWord.Warnings or SqlWord.Count:
                    traits |= StatementTraits.ReadsLast | StatementTraits.AsksOfLast;
                    impure = true;
                    break;
                case SqlWord.Show when word == SqlWord.Profiles:
                    impure = true;
                    break;
                case SqlWord.Begin when word == SqlWord.Not:
                    traits |= StatementTraits.Doubtful;
                    break;
                default:
                    Clause(previous);
                    break;
            }
            switch (word)
            {
                case SqlWord.Into:
                    sawInto = true;
                    impure = true;
                    break;
                case SqlWord.Insert or SqlWord.Replace:
                    impure |= !lexer.IsFollowedByParenthesis;
                    break;
                case SqlWord.Update or SqlWord.Delete or SqlWord.Lock or SqlWord.ForbiddenInRead:
                case SqlWord.Share when previous == SqlWord.For:
                    impure = true;
                    break;
                case SqlWord.Sequence:
                case SqlWord.Value when previous is SqlWord.Next or SqlWord.Previous:
                    // LASTVAL() is of the server's session.
                    impure = true;
                    traits |= StatementTraits.UntrackedState;
                    break;
                case SqlWord.CalcFoundRows:
                    traits |= StatementTraits.CalcFoundRows;
                    break;
                case SqlWord.SessionTrack:
                    traits |= StatementTraits.SessionTracking;
                    break;
            }
        }

        /// <summary>Words that matter in a statement of their own kind.</summary>
        private void Clause(SqlWord previous)
        {
            StatementTraits before = traits;
            switch (first, word)
            {
                case (SqlWord.Start, SqlWord.Transaction) when words == 2:
                    traits |= StatementTraits.Begin;
                    break;
                case (SqlWord.Xa, SqlWord.Start or SqlWord.Begin) when words == 2:
                    traits = traits & ~StatementTraits.EndsTransaction | StatementTraits.Begin;
                    break;
                case (SqlWord.Rollback, SqlWord.To):
                    traits &= ~StatementTraits.EndsTransaction;
                    break;
                case (SqlWord.Commit or SqlWord.Rollback, SqlWord.Chain) when previous != SqlWord.No:
                    traits |= StatementTraits.Begin;
                    break;
                case (SqlWord.Commit or SqlWord.Rollback, SqlWord.Release) when previous != SqlWord.No:
                    traits |= StatementTraits.Disconnects;
                    break;
                case (SqlWord.Create or SqlWord.Drop, SqlWord.Temporary) when words == 2 || words == 4 && previous == SqlWord.Replace:
                    traits = traits & ~StatementTraits.EndsTransaction | StatementTraits.TemporaryTable;
                    break;
                case (SqlWord.Drop, SqlWord.Prepare) when words == 2:
                    traits = traits & ~StatementTraits.EndsTransaction | StatementTraits.TextPrepare;
                    break;
                case (SqlWord.Flush, SqlWord.Lock or SqlWord.Export):
                    traits |= StatementTraits.TableLock;
                    break;
                case (SqlWord.Unlock, SqlWord.Table or SqlWord.Tables) when words == 2:
                    traits |= StatementTraits.TableUnlock;
                    break;
                case (SqlWord.Load, SqlWord.Local):
                    traits |= StatementTraits.LoadLocal;
                    break;
                case (SqlWord.Load, SqlWord.Index) when words == 2:
                    traits |= StatementTraits.EndsTransaction;
                    break;
                case (SqlWord.Lock, SqlWord.Instance) when words == 2:
                    traits = traits & ~StatementTraits.TableLock | StatementTraits.UntrackedState;
                    break;
                case (SqlWord.Insert or SqlWord.Replace, SqlWord.Returning):
                    traits |= StatementTraits.ChangesInsertId;
                    break;
                case (_, SqlWord.Diagnostics) when previous == SqlWord.Get:
                    traits |= StatementTraits.ReadsLast | StatementTraits.AsksOfLast;
                    break;
            }
            // A word that takes an effect away may be one that the server skips.
            if (inComment && (before & ~traits) != 0)
                traits |= StatementTraits.Doubtful;
        }

        private void Setting(SqlWord previous, SqlToken before)
        {
            switch (word)
            {
                case SqlWord.Names or SqlWord.Charset or SqlWord.Character:
                    traits |= StatementTraits.SetsCharset;
                    break;
                case SqlWord.Autocommit:
                    traits |= StatementTraits.EndsTransaction;
                    break;
                case SqlWord.Transaction when words == 2:
                    traits |= StatementTraits.OneShotTransaction;
                    break;
                case SqlWord.Isolation when before == SqlToken.SystemVariable:
                    traits |= StatementTraits.OneShotTransaction;
                    break;
                // In MariaDB they may stand behind other settings.
                case SqlWord.Role or SqlWord.Resource when before != SqlToken.SystemVariable:
                    traits |= StatementTraits.UntrackedState;
                    // SET DEFAULT ROLE commits, SET ROLE does not.
                    if (words > 2)
                        traits |= StatementTraits.EndsTransaction;
                    break;
                case SqlWord.Password when before == SqlToken.Comma || words == 2 && before != SqlToken.SystemVariable:
                    traits |= StatementTraits.EndsTransaction;
                    break;
                case SqlWord.SessionTrack:
                    traits |= StatementTraits.SessionTracking;
                    break;
                case SqlWord.Statement when words == 2:
                    scoped = true;
                    break;
                case SqlWord.For when scoped:
                    // SET STATEMENT ... FOR: what follows is a statement of its own (MariaDB).
                    words = 0;
                    begun = false;
                    scoped = false;
                    impure = true;
                    break;
            }
        }

        /// <summary>@@identity and the like, with or without a scope; in quotes too.</summary>
        private void SystemVariable(SqlToken before)
        {
            if (word is SqlWord.LastOfConnection or SqlWord.CountOfLast && before is SqlToken.SystemVariable or SqlToken.Dot)
            {
                traits |= StatementTraits.ReadsLast | (word == SqlWord.CountOfLast ? StatementTraits.AsksOfLast : 0);
                impure = true;
            }
        }

        private void Variable(SqlToken before)
        {
            bool assigned = first switch
            {
                SqlWord.Set or SqlWord.Call or SqlWord.Load or SqlWord.Get or SqlWord.Execute => true,
                SqlWord.Insert or SqlWord.Replace => false,
                >= SqlWord.Select and <= SqlWord.With => sawInto,
                _ => before == SqlToken.Word && word == SqlWord.Into,
            };
            if (assigned)
                traits |= StatementTraits.UserVariable;
        }
    }
}
