using Engine.Conformance.Peers;

namespace Engine.Conformance.Server;

/// <summary>The rules of RFC 9113 and RFC 7541 that bind a server, each as one short conversation.</summary>
public class ServerConformanceTests
{
    private static readonly Dictionary<string, ServerCase> Cases = Collect();

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_server_role_keeps_the_rule(string name)
    {
        var rule = Cases[name];
        await using var client = RawClient.Connect();
        if (!rule.IsBare)
        {
            await client.GreetAsync(rule.Settings);
        }

        await rule.Run(client);
        await client.DisposeAsync();
        await client.ExpectServerEndedAsync();
    }

    private static Dictionary<string, ServerCase> Collect()
    {
        var cases = new Dictionary<string, ServerCase>();
        ServerCase[][] tables =
        [
            BasicCases.All, BasicHpackCases.All, FramingCases.All, StreamStateCases.All, FrameRuleCases.All, SettingsCases.All,
            FlowControlCases.All, ContinuationCases.All, MessageCases.All, HpackCases.All,
        ];
        foreach (var rule in tables.SelectMany(table => table))
        {
            cases.Add(rule.ToString(), rule);
        }

        return cases;
    }
}
