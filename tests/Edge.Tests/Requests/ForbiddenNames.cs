namespace Engine.Edge.Tests.Requests;

/// <summary>Every field that a visitor may not send, in every spelling that a server somewhere takes for it.</summary>
public static class ForbiddenNames
{
    public static readonly string[] Names =
    [
        "cf-cloudflared-proxy-src",
        "cf-cloudflared-proxy-connection-upgrade",
        "cf-cloudflared-request-headers",
        "cf-cloudflared-response-headers",
        "cf-cloudflared-response-meta",
        "cf-cloudflared-anything",
        "cf-int-cloudflared-tracing",
        "cf-int-anything",
        "cf-warp-tag-id",
        "cf-warp-tag-anything",
        "cf-proxy-worker",
        "cf-proxy-anything",
        "cf-trace-id",
        "cf-ray",
        "cf-connecting-ip",
        "cf-connecting-ipv6",
        "cf-visitor",
        "cf-ipcountry",
        "cf-access-jwt-assertion",
        "cf-access-authenticated-user-email",
        "engine-features",
        "engine-anything",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-real-ip",
        "true-client-ip",
        "forwarded",
    ];

    public static TheoryData<string> Spellings()
    {
        var data = new TheoryData<string>();
        foreach (var name in Names)
        {
            foreach (var spelling in SpellingsOf(name))
            {
                data.Add(spelling);
            }
        }

        return data;
    }

    public static IEnumerable<string> SpellingsOf(string name)
    {
        var forms = new HashSet<string>
        {
            name,
            name.ToUpperInvariant(),
            string.Join('-', name.Split('-').Select(part => char.ToUpperInvariant(part[0]) + part[1..])),
            name.Replace('-', '_'),
            name.ToUpperInvariant().Replace('-', '_'),
            ReplaceFirst(name),
        };
        return forms;
    }

    private static string ReplaceFirst(string name)
    {
        var at = name.IndexOf('-', StringComparison.Ordinal);
        return at < 0 ? name : name[..at] + "_" + name[(at + 1)..];
    }
}
