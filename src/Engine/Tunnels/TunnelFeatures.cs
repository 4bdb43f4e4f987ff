using System.Runtime.InteropServices;

namespace Engine.Tunnels;

/// <summary>The names by which edge and connector tell each other what they can do.</summary>
public static class TunnelFeatures
{
    /// <summary>Responses carry the origin's fields serialised in one field. Every edge requires it.</summary>
    public const string SerializedHeaders = "serialized_headers";

    /// <summary>The edge may push a configuration.</summary>
    public const string AllowRemoteConfiguration = "allow_remote_config";

    /// <summary>Ours: a response that the connector made names the failure's stable code.</summary>
    public const string ErrorCodes = "error-codes";

    /// <summary>Ours: interim responses (1xx) travel.</summary>
    public const string Informational = "informational";

    /// <summary>Ours: upgrades to other protocols than WebSocket travel.</summary>
    public const string Upgrades = "upgrades";

    /// <summary>What goes before the names of our own in a registration.</summary>
    public const string ExtensionPrefix = "engine/";

    /// <summary>What a connector announces when nothing else is asked for.</summary>
    public static IReadOnlyList<string> Default { get; } = [AllowRemoteConfiguration, SerializedHeaders];

    /// <summary>The extensions that this build has, without prefix.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [ErrorCodes, Informational, Upgrades];

    /// <summary>This machine as the registration names it: system and processor in Go's spelling.</summary>
    public static string LocalArchitecture { get; } = $"{System}_{Processor}";

    private static string System =>
        OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsFreeBSD() ? "freebsd" : "linux";

    private static string Processor => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.X86 => "386",
        Architecture.Arm64 => "arm64",
        Architecture.Arm => "arm",
        var other => other.ToString().ToLowerInvariant(),
    };
}
