using System.Globalization;

namespace Engine.Tests.Tunnels.Registration;

/// <summary>One message of a recorded control stream: its octets, and how the recorder described it.</summary>
internal sealed record CapturedMessage(string File, bool FromConnector, byte[] Octets, string Description)
{
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Tunnels", "Captures");

    public override string ToString() => $"{File}: {Description}";

    /// <summary>Reads a recording: heading lines, hexadecimal dumps, and indented descriptions.</summary>
    public static IReadOnlyList<CapturedMessage> Read(string file)
    {
        var messages = new List<CapturedMessage>();
        foreach (var part in ReadText(file).Split("=== ", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = part.Split('\n');
            if (!lines[0].Contains(" message ", StringComparison.Ordinal))
            {
                continue;
            }

            var octets = lines.Skip(1).Where(line => line.Length > 10 && char.IsAsciiHexDigit(line[0])).SelectMany(ParseOctets).ToArray();
            var description = lines.FirstOrDefault(line => line.StartsWith("    ", StringComparison.Ordinal)) ?? "";
            messages.Add(new CapturedMessage(file, lines[0].Contains("connector->edge", StringComparison.Ordinal), octets, description.Trim()));
        }

        return messages;
    }

    private static string ReadText(string file) => System.IO.File.ReadAllText(Path.Combine(Folder, file));

    private static IEnumerable<byte> ParseOctets(string line) =>
        line[8..58].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(hex => byte.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
