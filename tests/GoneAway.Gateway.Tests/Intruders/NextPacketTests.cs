using System.Text;
using GoneAway.Gateway.Intruders;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Intruders;

public sealed class NextPacketTests
{
    /// <summary>From tests/captures: zeek_mysql, zeek_selects_with_new_proto, arkime_mysql-allow, zeek_query-attr, and of the binary protocol by its layout.</summary>
    private static readonly string[] Commands =
    [
        "0100000001", "010000000e", "050000000274657374", "07000000046167656e7400", "0c0000000373686f77207461626c6573",
        "0f0000000364726f70207461626c6520666f6f", "0400000004646200", "060000000466756e6300",
        "210000000373656c65637420404076657273696f6e5f636f6d6d656e74206c696d69742031",
        "2100000003000153455420404073657373696f6e2e6175746f636f6d6d6974203d204f4646",
        "33000000030001534554204e414d45532027757466386d62342720434f4c4c4154452027757466386d62345f303930305f61695f636927",
        "0f00000003000173656c656374206e6f772829", "210000000302010001fe00026e31fe00026e3202763102763273656c656374206e6f772829",
        "0a00000017010000000001000000", "050000001901000000", "050000001a01000000", "0d0000001653454c4543542031202b203f",
        "03000000 1b0000", "090000001c0100000064000000", "010000001f",
    ];

    public static readonly TheoryData<string> Each = [.. Commands];

    [Theory]
    [MemberData(nameof(Each))]
    public void A_command_behind_text_is_found_where_it_begins(string hex)
    {
        byte[] command = Bytes(hex);
        var random = new Random(11);
        for (int length = 0; length < 300; length++)
        {
            byte[] text = Text(random, length);
            Assert.Equal(text.Length, NextPacket.Find([.. text, .. command]));
            for (int cut = 0; cut < command.Length; cut++)
                Assert.Equal(-1, NextPacket.Find([.. text, .. command.AsSpan(0, cut)]));
            if (length > 0)
                Assert.Equal(-1, NextPacket.Find([.. command, .. text]));
        }
    }

    [Fact]
    public void Commands_in_a_chain_begin_with_the_first()
    {
        var random = new Random(12);
        for (int round = 0; round < 5000; round++)
        {
            byte[] text = Text(random, random.Next(1, 200)), first = Any(random), second = Any(random);
            Assert.Equal(text.Length, NextPacket.Find([.. text, .. first, .. second]));
            // A second writer between two commands.
            Assert.Equal(-1, NextPacket.Find([.. text, .. first, .. text, .. second]));
        }
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(2_570)]
    [InlineData(8_224)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(66_049)]
    [InlineData(2_105_376)]
    [InlineData(6_381_921)]
    public void A_long_statement_is_found_or_left_but_never_mistaken(int length)
    {
        byte[] command = [(byte)length, (byte)(length >> 8), (byte)(length >> 16), 0, CommandCode.Query, .. "SELECT '"u8, .. new byte[length - 9]];
        command.AsSpan(13).Fill((byte)'x');
        command[^1] = (byte)'\'';
        foreach (string text in new[] { "", "a", "warning: x\n", "\n\n\n\n", "   ", "aaaaaaaa" })
            Assert.Contains(NextPacket.Find([.. Encoding.ASCII.GetBytes(text), .. command]), (int[])(length < 65_536 ? [text.Length] : [text.Length, -1]));
    }

    [Fact]
    public void Text_alone_and_noise_hold_no_command()
    {
        var random = new Random(13);
        for (int round = 0; round < 20_000; round++)
        {
            Assert.Equal(-1, NextPacket.Find(Text(random, random.Next(300))));
            byte[] noise = new byte[random.Next(5, 200)];
            random.NextBytes(noise);
            noise[random.Next(noise.Length)] = 0;
            Assert.Equal(-1, NextPacket.Find(noise));
        }
    }

    [Theory]
    [InlineData("0100000108")]
    [InlineData("0100000008")]
    [InlineData("050000000c01000000")]
    [InlineData("0200000001 00")]
    [InlineData("010000000000")]
    [InlineData("00000000")]
    public void Commands_of_no_application_are_not_guessed(string hex) => Assert.Equal(-1, NextPacket.Find([.. "text\n"u8, .. Bytes(hex)]));

    [Fact]
    public void Bytes_before_it_that_are_no_text_leave_it() => Assert.Equal(-1, NextPacket.Find([0xFF, 0xFE, 1, .. Bytes(Commands[0])]));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Any(Random random) => Bytes(Commands[random.Next(Commands.Length)]);

    private static byte[] Text(Random random, int length)
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyz ABCXYZ 0123456789 \n\r\t!\"#$%&'()*+,-./:;<=>?@[]\\{}~éß中";
        var text = new StringBuilder();
        for (int i = 0; i < length; i++)
            text.Append(Letters[random.Next(Letters.Length)]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
