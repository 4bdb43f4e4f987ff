using System.Text;
using Engine.Fields;
using Engine.Tunnels.Headers;

namespace Engine.Tests.Tunnels.Headers;

public class HeaderSerializerTests
{
    [Fact]
    public void Fields_are_pairs_of_base64_without_padding_in_their_order_and_case()
    {
        var fields = new FieldList();
        fields.Add("Date"u8, "Mon, 23 Nov 2026 07:26:49 GMT");
        fields.Add("Content-Type"u8, "text/plain; charset=utf-8");
        Assert.Equal(
            "RGF0ZQ:TW9uLCAyMyBOb3YgMjAyNiAwNzoyNjo0OSBHTVQ;Q29udGVudC1UeXBl:dGV4dC9wbGFpbjsgY2hhcnNldD11dGYtOA",
            Serialize(fields));
    }

    [Fact]
    public void No_field_is_the_empty_text_and_an_empty_value_leaves_its_colon()
    {
        Assert.Equal("", Serialize(new FieldList()));
        var fields = new FieldList();
        fields.Add("Name:"u8[..4], ""u8);
        Assert.Equal("TmFtZQ:", Serialize(fields));
    }

    [Fact]
    public void The_serialised_field_is_never_indexed()
    {
        var head = new FieldList();
        HeaderSerializer.Add(head, new FieldList());
        Assert.True(head[0].IsSensitive);
    }

    [Fact]
    public void What_belongs_to_the_tunnel_or_to_framing_does_not_travel()
    {
        var fields = new FieldList();
        foreach (var name in new[] { ":status", "CF-Int-Trace", "Cf-Cloudflared-Response-Meta", "cf-proxy-x", "Transfer-Encoding", "trailer", "cf-ray", "Connection", "Upgrade", "TE", "cf-in" })
        {
            fields.Add(Encoding.ASCII.GetBytes(name), "x");
        }

        Assert.Equal(["cf-ray", "Connection", "Upgrade", "TE", "cf-in"], Names(Parse(Serialize(fields))));
        // A hostile connector's list is read by the same rule.
        var hostile = new FieldList();
        HeaderSerializer.Parse(Encoding.ASCII.GetBytes($"{B64("cf-int-x")}:{B64("1")};{B64("X")}:{B64("2")}"), hostile);
        Assert.Equal(["X"], Names(hostile));
    }

    [Fact]
    public void Random_lists_read_back_as_they_were()
    {
        var random = new Random(443);
        for (var round = 0; round < 300; round++)
        {
            var written = new FieldList();
            for (var i = random.Next(30); i > 0; i--)
            {
                var value = new byte[random.Next(100)];
                random.NextBytes(value);
                for (var at = 0; at < value.Length; at++)
                {
                    value[at] = value[at] is 0 or (byte)'\r' or (byte)'\n' ? (byte)' ' : value[at];
                }

                written.Add(Encoding.ASCII.GetBytes(new string([.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => "X-azAZ09_!"[random.Next(10)])])), value);
            }

            Assert.Equal(written.ToString(), Parse(Serialize(written)).ToString());
        }
    }

    [Theory]
    [InlineData(";;QQ:Qg;;", "A: B\n")] // empty segments are passed over
    [InlineData("QQ:", "A: \n")]
    [InlineData("QR:Qg", "A: B\n")] // surplus bits in the last digit
    public void A_list_may_be_sloppy(string serialized, string expected) => Assert.Equal(expected, Parse(serialized).ToString());

    [Theory]
    [InlineData("QQ")] // no colon
    [InlineData("QQ:Qg:Qg")]
    [InlineData("QQ==:Qg")] // padding
    [InlineData("Q:Qg")]
    [InlineData("QQ:Q")]
    [InlineData("QQ:Q g")]
    [InlineData("QUFBQU FB:Qg")]
    [InlineData("QUFB\nQUFB:Qg")]
    [InlineData("Q-:Qg")]
    [InlineData("Q_:Qg")]
    [InlineData(":Qg")] // no name
    [InlineData("QSBC:Qg")] // "A B"
    [InlineData("QTo:Qg")] // "A:"
    [InlineData("QQ:Qg0K")] // a line break would let a connector write its own messages to visitors
    [InlineData("QQ:QgBC")]
    public void A_list_that_is_broken_or_dangerous_is_refused(string serialized) =>
        Assert.Throws<HeaderFormatException>(() => Parse(serialized));

    [Fact]
    public void A_list_without_end_is_refused()
    {
        Assert.Equal(HeaderSerializer.MaxFields, Parse(string.Join(';', Enumerable.Repeat("QQ:Qg", HeaderSerializer.MaxFields))).Count);
        Assert.Throws<HeaderFormatException>(() => Parse(string.Join(';', Enumerable.Repeat("QQ:Qg", HeaderSerializer.MaxFields + 1))));
    }

    [Fact]
    public void A_long_value_is_read_whole()
    {
        var fields = new FieldList();
        fields.Add("X-Long"u8, new string('x', 100_000));
        Assert.Equal(fields.ToString(), Parse(Serialize(fields)).ToString());
    }

    [Fact]
    public void A_list_truncated_at_any_octet_is_refused_or_shorter_and_nothing_else()
    {
        var fields = new FieldList();
        fields.Add("Set-Cookie"u8, "a=1");
        fields.Add("Set-Cookie"u8, "b=2");
        var serialized = Serialize(fields);
        for (var length = 0; length < serialized.Length; length++)
        {
            try
            {
                Assert.InRange(Parse(serialized[..length]).Count, 0, 2);
            }
            catch (HeaderFormatException)
            {
                Assert.NotEqual(0, length);
            }
        }
    }

    private static string B64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text)).TrimEnd('=');

    private static string Serialize(FieldList fields)
    {
        var head = new FieldList();
        HeaderSerializer.Add(head, fields);
        return head.GetString("cf-cloudflared-response-headers"u8)!;
    }

    private static FieldList Parse(string serialized)
    {
        var fields = new FieldList();
        HeaderSerializer.Parse(Encoding.ASCII.GetBytes(serialized), fields);
        return fields;
    }

    private static IEnumerable<string> Names(FieldList fields)
    {
        var names = new List<string>();
        foreach (var field in fields)
        {
            names.Add(Encoding.ASCII.GetString(field.Name));
        }

        return names;
    }
}
