namespace GoneAway.Wire.Payloads;

/// <summary>Types of columns and parameters (field_types.h).</summary>
public static class ColumnType
{
    public const byte Decimal = 0x00;
    public const byte Tiny = 0x01;
    public const byte Short = 0x02;
    public const byte Long = 0x03;
    public const byte Float = 0x04;
    public const byte Double = 0x05;
    public const byte Null = 0x06;
    public const byte Timestamp = 0x07;
    public const byte LongLong = 0x08;
    public const byte Int24 = 0x09;
    public const byte Date = 0x0A;
    public const byte Time = 0x0B;
    public const byte DateTime = 0x0C;
    public const byte Year = 0x0D;
    public const byte VarChar = 0x0F;
    public const byte Bit = 0x10;
    public const byte Json = 0xF5;
    public const byte NewDecimal = 0xF6;
    public const byte Enum = 0xF7;
    public const byte Set = 0xF8;
    public const byte TinyBlob = 0xF9;
    public const byte MediumBlob = 0xFA;
    public const byte LongBlob = 0xFB;
    public const byte Blob = 0xFC;
    public const byte VarString = 0xFD;
    public const byte String = 0xFE;
    public const byte Geometry = 0xFF;
}
