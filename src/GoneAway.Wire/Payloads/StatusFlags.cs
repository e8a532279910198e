namespace GoneAway.Wire.Payloads;

/// <summary>SERVER_STATUS_ flags of OK and EOF packets (mysql_com.h).</summary>
public static class StatusFlags
{
    public const ushort InTransaction = 0x0001;
    public const ushort Autocommit = 0x0002;
    public const ushort MoreResultsExist = 0x0008;
    public const ushort CursorExists = 0x0040;
    public const ushort LastRowSent = 0x0080;
    public const ushort NoBackslashEscapes = 0x0200;
    public const ushort InReadOnlyTransaction = 0x2000;
    public const ushort SessionStateChanged = 0x4000;
}
