using System.Text;
using Engine.Fields;
using Engine.Tunnels;
using Engine.Tunnels.Headers;

namespace Engine.Tests.Tunnels.Headers;

public class ResponseHeadTests
{
    [Fact]
    public void An_origins_answer_has_status_fields_meta_and_length()
    {
        var head = Write(200, ("Content-Length", "5"), ("X-Origin", "yes"));
        Assert.Equal("200", head.GetString(":status"u8));
        Assert.Equal("Q29udGVudC1MZW5ndGg:NQ;WC1PcmlnaW4:eWVz", head.GetString("cf-cloudflared-response-headers"u8));
        Assert.Equal("""{"src":"origin"}""", head.GetString("cf-cloudflared-response-meta"u8));
        Assert.Equal("5", head.GetString("content-length"u8));
        Assert.Equal(4, head.Count);
    }

    [Fact]
    public void A_head_reads_back_as_the_visitor_should_get_it()
    {
        var response = Read(Write(404, ("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("Connection", "keep-alive, X-Hop"), ("X-Hop", "1"), ("Keep-Alive", "5"), ("Upgrade", "h2c")));
        Assert.Equal((404, ResponseSource.Origin, false, false), (response.Status, response.Source, response.IsUpgrade, response.IsInformational));
        Assert.Equal("Content-Type: text/plain\nSet-Cookie: a=1\nset-cookie: b=2\n", response.Fields.ToString());
    }

    [Fact]
    public void Switching_protocols_travels_as_200_and_arrives_as_101()
    {
        var head = Write(101, ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", "x"), ("Content-Length", "0"));
        Assert.Equal("200", head.GetString(":status"u8));
        Assert.False(head.Contains("content-length"u8));
        var response = Read(head, TunnelStreamKind.WebSocket);
        Assert.Equal((101, true, false), (response.Status, response.IsUpgrade, response.IsInformational));
        Assert.Equal("Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: x\n", response.Fields.ToString());
    }

    [Fact]
    public void Another_answer_on_a_websocket_stream_is_an_ordinary_one()
    {
        Assert.Equal((403, false), Status(Read(Write(403, ("Upgrade", "websocket")), TunnelStreamKind.WebSocket)));
        Assert.Equal((200, false), Status(Read(Write(200), TunnelStreamKind.WebSocket)));
        // And an upgrade nobody asked for is none.
        Assert.Equal((200, false), Status(Read(Write(200, ("Upgrade", "websocket")))));
        Assert.Equal((200, true), Status(Read(Write(200), TunnelStreamKind.Tcp)));
        Assert.Equal((502, false), Status(Read(Write(502), TunnelStreamKind.Tcp)));
    }

    [Fact]
    public void The_length_of_the_transport_is_kept_when_the_origin_named_none()
    {
        var head = Write(200);
        head.Add("content-length"u8, "12");
        head.Add("content-type"u8, "noise of the connector's server");
        Assert.Equal("Content-Length: 12\n", Read(head).Fields.ToString());
    }

    [Fact]
    public void A_failure_names_the_connector_and_its_code_if_both_sides_know_codes()
    {
        var head = new FieldList();
        ResponseHead.WriteFailure(head, 504, "origin-timeout");
        var response = Read(head);
        Assert.Equal((504, ResponseSource.Connector, "origin-timeout"), (response.Status, response.Source, response.ErrorCode));
        Assert.Null(Read(head, hasErrorCodes: false).ErrorCode);
        ResponseHead.WriteFailure(head, 502, null);
        Assert.Equal(2, head.Count);
        Assert.Null(Read(head).ErrorCode);
        Assert.Equal(0, Read(head).Fields.Count);
    }

    [Theory]
    [InlineData("Bad Code")]
    [InlineData("")]
    [InlineData("<b>")]
    public void A_code_that_is_no_code_is_passed_over(string code)
    {
        var head = new FieldList();
        ResponseHead.WriteFailure(head, 502, code);
        Assert.Null(Read(head).ErrorCode);
    }

    [Fact]
    public void An_origin_cannot_name_a_code()
    {
        var head = Write(502);
        head.Add("engine-error"u8, "origin-refused");
        Assert.Null(Read(head).ErrorCode);
    }

    [Theory]
    [InlineData("""{"src":"origin"}""", ResponseSource.Origin, false)]
    [InlineData("""{ "src" : "cloudflared" }""", ResponseSource.Connector, false)]
    [InlineData("""{"src":"cloudflared","flow_rate_limited":true}""", ResponseSource.Connector, true)]
    [InlineData("""{"new":{"src":"cloudflared"},"src":"origin"}""", ResponseSource.Origin, false)]
    [InlineData("{}", ResponseSource.Origin, false)]
    public void The_meta_field_says_who_answered(string meta, ResponseSource source, bool isLimited)
    {
        var response = Read(Raw((":status", "502"), ("cf-cloudflared-response-meta", meta)));
        Assert.Equal((source, isLimited), (response.Source, response.IsFlowRateLimited));
    }

    [Fact]
    public void Without_meta_the_serialised_fields_tell_who_answered()
    {
        Assert.Equal(ResponseSource.Connector, Read(Raw((":status", "200"))).Source);
        Assert.Equal(ResponseSource.Origin, Read(Raw((":status", "200"), ("cf-cloudflared-response-headers", ""))).Source);
    }

    [Theory]
    [InlineData("cf-cloudflared-response-meta", "nonsense")]
    [InlineData("cf-cloudflared-response-meta", "[1]")]
    [InlineData("cf-cloudflared-response-meta", """{"src":""")]
    [InlineData("cf-cloudflared-response-headers", "nonsense")]
    public void A_broken_head_is_an_error(string name, string value) =>
        Assert.Throws<HeaderFormatException>(() => Read(Raw((":status", "200"), (name, value))));

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("2000")]
    [InlineData("abc")]
    [InlineData("099")]
    [InlineData("101")]
    [InlineData("+20")]
    public void A_status_that_is_none_is_an_error(string status) =>
        Assert.Throws<HeaderFormatException>(() => Read(Raw((":status", status))));

    [Fact]
    public void An_interim_head_keeps_its_fields()
    {
        var head = new FieldList();
        var fields = new FieldList();
        fields.Add("Link"u8, "</a.css>");
        ResponseHead.WriteInformational(head, 103, fields);
        var response = Read(head);
        Assert.True(response.IsInformational);
        Assert.Equal("Link: </a.css>\n", response.Fields.ToString());
    }

    private static (int Status, bool IsUpgrade) Status(EdgeResponse response) => (response.Status, response.IsUpgrade);

    private static FieldList Write(int status, params (string Name, string Value)[] fields)
    {
        var head = new FieldList();
        ResponseHead.Write(head, status, Raw(fields), ResponseSource.Origin);
        return head;
    }

    private static FieldList Raw(params (string Name, string Value)[] fields)
    {
        var list = new FieldList();
        foreach (var (name, value) in fields)
        {
            list.Add(Encoding.ASCII.GetBytes(name), value);
        }

        return list;
    }

    private static EdgeResponse Read(FieldList head, TunnelStreamKind kind = TunnelStreamKind.Http, bool hasErrorCodes = true)
    {
        var response = new EdgeResponse();
        ResponseHead.Read(head, kind, hasErrorCodes, response);
        return response;
    }
}
