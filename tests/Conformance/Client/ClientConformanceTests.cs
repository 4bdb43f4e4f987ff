using Engine.Conformance.Peers;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Conformance.Client;

/// <summary>The rules of RFC 9113 that bind a client, each as one short conversation.</summary>
public class ClientConformanceTests
{
    private static readonly Dictionary<string, ClientCase> Cases = Collect();

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_client_role_keeps_the_rule(string name)
    {
        await using var server = RawServer.Connect();
        await server.GreetAsync();
        await using (var stream = await server.OpenAsync())
        {
            await Cases[name].Run(server, stream);
        }

        await server.DisposeAsync();
        await server.Ended.Within();
    }

    [Fact]
    public async Task The_client_greets_with_its_preface_and_settings_before_it_hears_anything()
    {
        await using var server = RawServer.Connect();
        var first = await server.ReadUntilAsync(_ => true, "a frame came"); // the peer has skipped the preface
        Assert.Equal(FrameType.Settings, first.Type);
        Assert.Equal(FrameFlags.None, first.Header.Flags);
    }

    [Fact]
    public async Task A_first_frame_that_is_no_SETTINGS_ends_the_connection()
    {
        await using var server = RawServer.Connect();
        server.Ping();
        await server.ExpectConnectionErrorAsync(Http2ErrorCode.ProtocolError);
        var end = await server.Ended.Within();
        Assert.Equal(Http2ErrorCode.ProtocolError, end.Code);
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => server.Connection.SettingsReceived.Within());
    }

    private static Dictionary<string, ClientCase> Collect()
    {
        var cases = new Dictionary<string, ClientCase>();
        ClientCase[][] tables = [ResponseCases.All, ClientConnectionCases.All];
        foreach (var rule in tables.SelectMany(table => table))
        {
            cases.Add(rule.ToString(), rule);
        }

        return cases;
    }
}
