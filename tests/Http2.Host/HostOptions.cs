using System.Globalization;

namespace Engine.Http2.Host;

/// <summary>What the command line asks for.</summary>
/// <param name="Port">The cleartext port on loopback; 0 takes a free one.</param>
/// <param name="TlsPort">The TLS port, or null for none.</param>
/// <param name="Streams">SETTINGS_MAX_CONCURRENT_STREAMS.</param>
public sealed record HostOptions(int Port = 0, int? TlsPort = null, uint Streams = 100)
{
    public const string Usage = "usage: Engine.Http2.Host --port N [--tls-port M] [--streams 100]";

    /// <summary>Reads the command line; <paramref name="fault"/> says what is wrong with it.</summary>
    public static bool TryParse(string[] arguments, out HostOptions options, out string? fault)
    {
        options = new HostOptions();
        fault = null;
        var hasPort = false;
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            if (!ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                fault = $"{arguments[i]} needs a number from 0 to 65535.";
                return false;
            }

            switch (arguments[i])
            {
                case "--port":
                    options = options with { Port = number };
                    hasPort = true;
                    break;
                case "--tls-port":
                    options = options with { TlsPort = number };
                    break;
                case "--streams":
                    options = options with { Streams = number };
                    break;
                default:
                    fault = $"{arguments[i]} is no option.";
                    return false;
            }
        }

        fault = hasPort ? null : "--port is missing.";
        return hasPort;
    }
}
