using System.Text;
using Engine.Fields;
using Engine.Tunnels.Headers;

namespace Engine.Tests.Tunnels.Headers;

public class RequestClassifierTests
{
    private const string Upgrade = "cf-cloudflared-proxy-connection-upgrade";
    private const string Source = "cf-cloudflared-proxy-src";

    [Theory]
    [InlineData("update-configuration", null, RequestClass.UpdateConfiguration)]
    [InlineData("update-configuration", "192.0.2.1", RequestClass.UpdateConfiguration)]
    [InlineData("websocket", null, RequestClass.WebSocket)]
    [InlineData("websocket", "192.0.2.1", RequestClass.WebSocket)]
    [InlineData("control-stream", "192.0.2.1", RequestClass.Tcp)]
    [InlineData(null, "anything", RequestClass.Tcp)]
    [InlineData("control-stream", null, RequestClass.ControlStream)]
    [InlineData("control-stream", "", RequestClass.ControlStream)]
    [InlineData(null, "", RequestClass.Http)]
    [InlineData(null, null, RequestClass.Http)]
    [InlineData("WebSocket", null, RequestClass.Http)] // values are exact
    [InlineData("", null, RequestClass.Http)]
    internal void The_first_test_that_matches_decides(string? upgrade, string? source, RequestClass expected)
    {
        var head = new FieldList();
        head.Add(":method"u8, "GET");
        Add(head, Upgrade, upgrade);
        Add(head, Source, source);
        Assert.Equal(expected, RequestClassifier.Classify(head));
    }

    [Fact]
    public void Names_are_matched_in_any_case()
    {
        var head = new FieldList();
        Add(head, "Cf-Cloudflared-Proxy-Connection-Upgrade", "websocket");
        Assert.Equal(RequestClass.WebSocket, RequestClassifier.Classify(head));
    }

    private static void Add(FieldList head, string name, string? value)
    {
        if (value is not null)
        {
            head.Add(Encoding.ASCII.GetBytes(name), value);
        }
    }
}
