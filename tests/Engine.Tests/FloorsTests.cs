using System.Text.RegularExpressions;
using System.Xml.Linq;
using Engine.Testing;

namespace Engine.Tests;

/// <summary>The direction of dependencies (ARCHITECTURE.md), read from the sources: an arrow that points up fails.</summary>
public sealed partial class FloorsTests
{
    private const int RootFloor = 6;

    private static readonly Dictionary<string, int> Floors = new()
    {
        ["Fields"] = 0, ["Buffers"] = 0, ["Diagnostics"] = 0,
        ["Transports"] = 1, ["WebSockets"] = 1, ["Splicing"] = 1,
        ["Http1"] = 2, ["Http2"] = 2,
        ["Tunnels"] = 3,
        ["Origins"] = 4,
        ["Ingress"] = 5,
    };

    [Fact]
    public void Every_folder_of_the_core_has_a_floor()
    {
        var folders = Directory.GetDirectories(Repository.At("src", "Engine")).Select(Path.GetFileName).Except(["bin", "obj"]);

        Assert.Empty(folders.Except(Floors.Keys));
    }

    [Fact]
    public void No_file_of_the_core_uses_a_higher_floor()
    {
        var faults = new List<string>();
        foreach (var (file, folder, code) in Sources())
        {
            faults.AddRange(UsedFolders(code).Where(used => PointsUp(folder, used)).Select(used => $"{file}: {folder} uses {used}"));
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void No_folder_of_the_core_uses_the_types_at_its_root()
    {
        var sources = Sources().ToList();
        var roots = sources.Where(source => source.Folder == "").Select(source => Path.GetFileNameWithoutExtension(source.File)).ToHashSet();
        var faults = from source in sources
                     where source.Folder != ""
                     from Match word in Words().Matches(source.Code)
                     where roots.Contains(word.Value)
                     select $"{source.File}: uses {word.Value}";

        Assert.Empty(faults.Distinct());
    }

    [Theory]
    [InlineData("using Engine.Tunnels;", "Tunnels")]
    [InlineData("using static Engine.Tunnels.Registration.Wire;", "Tunnels")]
    [InlineData("using Wire = Engine.Tunnels.Wire;", "Tunnels")]
    [InlineData("private Engine.Tunnels.TunnelConnection _one;", "Tunnels")]
    [InlineData("private Tunnels.TunnelConnection _one;", "Tunnels")]
    [InlineData("/// <see cref=\"Tunnels.TunnelConnection\"/>\nint x; // Engine.Tunnels.Y\n", null)]
    [InlineData("var text = \"Engine.Tunnels.X\";", null)]
    public void A_use_is_seen_in_each_of_its_spellings(string code, string? used) =>
        Assert.Equal(used is null ? [] : [used], UsedFolders(Strip(code)).Distinct());

    [Theory]
    [InlineData("Http2", "Tunnels", true)]
    [InlineData("Http1", "Http2", true)]
    [InlineData("Http2", "Http1", true)]
    [InlineData("Http2", "Http2", false)]
    [InlineData("Splicing", "Transports", false)]
    [InlineData("Tunnels", "Http2", false)]
    [InlineData("", "Ingress", false)]
    public void An_arrow_points_up_when_its_end_is_higher_or_the_other_protocol(string from, string to, bool up) =>
        Assert.Equal(up, PointsUp(from, to));

    [Fact]
    public void The_core_references_the_abstractions_and_nothing_else()
    {
        Assert.Equal(
            ["Microsoft.AspNetCore.Connections.Abstractions", "Microsoft.Extensions.Logging.Abstractions"],
            References("Engine", "PackageReference").Order());
        Assert.Empty(References("Engine", "ProjectReference"));
    }

    [Theory]
    [InlineData("Protocols.Http")]
    [InlineData("Edge")]
    public void Edge_and_protocols_use_the_core_alone(string project) =>
        Assert.Equal(["Engine"], References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)));

    [Fact]
    public void Nothing_references_the_web_framework() =>
        Assert.All(Directory.GetFiles(Repository.At("src"), "*.csproj", SearchOption.AllDirectories), project =>
            Assert.DoesNotContain("Microsoft.AspNetCore.App", File.ReadAllText(project)));

    private static bool PointsUp(string from, string to)
    {
        var (own, other) = (from == "" ? RootFloor : Floors[from], Floors[to]);

        // HTTP/1.1 and HTTP/2 are two answers to one question and know nothing of each other.
        return other > own || (own == Floors["Http1"] && other == own && from != to);
    }

    private static IEnumerable<(string File, string Folder, string Code)> Sources()
    {
        var root = Repository.At("src", "Engine");
        foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            var parts = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar);
            if (parts[0] is not ("bin" or "obj"))
            {
                yield return (Path.Combine(parts), parts.Length > 1 ? parts[0] : "", Strip(File.ReadAllText(file)));
            }
        }
    }

    private static IEnumerable<string> UsedFolders(string code) =>
        Qualified().Matches(code).Select(match => match.Groups["folder"].Value).Where(Floors.ContainsKey);

    private static string Strip(string code) => CommentsAndStrings().Replace(code, " ");

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Repository.At("src", project, $"{project}.csproj")).Descendants(kind).Select(item => item.Attribute("Include")!.Value);

    // A folder's name after `Engine.`, or at the head of a qualified name: nested namespaces see their siblings without a using line.
    [GeneratedRegex(@"(?<![\w.])(?:global::)?Engine\.(?<folder>\w+)|(?<![\w.])(?<folder>[A-Z]\w*)(?=\.[A-Z])")]
    private static partial Regex Qualified();

    // Not a member of something else, unless of the root namespace, and not a line of an enumeration.
    [GeneratedRegex(@"(?:(?<![\w.])|(?<=\bEngine\.))\w+(?!\w)(?!,\s*\n)")]
    private static partial Regex Words();

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\"{3}.*?\"{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndStrings();
}
