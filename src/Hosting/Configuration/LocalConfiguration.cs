using System.Buffers;
using System.Text.Json;
using Engine.Ingress;
using Engine.Origins;

namespace Engine.Hosting.Configuration;

/// <summary>The rules in force as the JSON that a connector shows its edge: what is written, and what differs from the defaults.</summary>
/// <remarks>Durations are whole seconds there, as in the configuration that an edge pushes.</remarks>
internal static class LocalConfiguration
{
    /// <summary>Writes the rules as UTF-8 JSON.</summary>
    public static ReadOnlyMemory<byte> Write(IngressRules rules)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartArray("ingress");
        foreach (var rule in rules.Rules)
        {
            WriteRule(json, rule);
        }

        json.WriteEndArray();
        json.WriteStartObject("warp-routing");
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static void WriteRule(Utf8JsonWriter json, IngressRule rule)
    {
        json.WriteStartObject();
        Text(json, "hostname", rule.Hostname);
        Text(json, "path", rule.Path);
        json.WriteString("service", rule.Origin.Service);
        json.WriteStartObject("originRequest");
        WriteOptions(json, rule.Origin.Options, OriginOptions.Default);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, OriginOptions options, OriginOptions usual)
    {
        Duration(json, "connectTimeout", options.ConnectTimeout, usual.ConnectTimeout);
        Duration(json, "tlsTimeout", options.TlsTimeout, usual.TlsTimeout);
        Duration(json, "tcpKeepAlive", options.TcpKeepAlive, usual.TcpKeepAlive);
        Flag(json, "noHappyEyeballs", options.NoHappyEyeballs);
        Duration(json, "keepAliveTimeout", options.KeepAliveTimeout, usual.KeepAliveTimeout);
        if (options.KeepAliveConnections != usual.KeepAliveConnections)
        {
            json.WriteNumber("keepAliveConnections", options.KeepAliveConnections);
        }

        Text(json, "httpHostHeader", options.HttpHostHeader);
        Text(json, "originServerName", options.OriginServerName);
        Flag(json, "matchSNItoHost", options.MatchSniToHost);
        Text(json, "caPool", options.CaPool);
        Flag(json, "noTLSVerify", options.NoTlsVerify);
        Flag(json, "disableChunkedEncoding", options.DisableChunkedEncoding);
        Flag(json, "http2Origin", options.Http2Origin);
        Flag(json, "bastionMode", options.BastionMode);
        Text(json, "proxyType", options.ProxyType);
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    private static void Flag(Utf8JsonWriter json, string name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, value);
        }
    }

    private static void Duration(Utf8JsonWriter json, string name, TimeSpan value, TimeSpan usual)
    {
        if (value != usual)
        {
            json.WriteNumber(name, (long)value.TotalSeconds);
        }
    }
}
