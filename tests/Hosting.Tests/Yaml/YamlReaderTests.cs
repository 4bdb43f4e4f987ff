using Engine.Hosting.Yaml;
using Engine.Ingress;

namespace Engine.Hosting.Tests.Yaml;

public class YamlReaderTests
{
    private const string Sample =
        """
        # a comment
        tunnel: "quoted: text"
        ingress:
          - hostname: app.example.com
            service: &service http://localhost:1
            originRequest: {connectTimeout: 5s, noTLSVerify: true}
          - service: *service
        edge: [a, b]
        nothing:
        """;

    [Fact]
    public void A_document_becomes_a_tree_with_places()
    {
        var root = Assert.IsType<YamlMapping>(Read(Sample, out var faults));

        Assert.Empty(faults);
        Assert.Equal(new TextPosition(2, 1), root.Position);
        Assert.Equal(new TextPosition(2, 9), root.Find("tunnel")!.Value.Position);
        var rules = Assert.IsType<YamlSequence>(root.Find("ingress")!.Value);
        var first = Assert.IsType<YamlMapping>(rules.Items[0]);
        Assert.Equal(new TextPosition(4, 5), first.Position);
        Assert.Equal("http://localhost:1", ((YamlScalar)first.Find("service")!.Value).Text);
        Assert.Equal("http://localhost:1", ((YamlScalar)((YamlMapping)rules.Items[1]).Find("service")!.Value).Text);
        Assert.True(((YamlScalar)root.Find("nothing")!.Value).IsNull);
        Assert.False(((YamlScalar)root.Find("tunnel")!.Value).IsPlain);
    }

    [Fact]
    public void Every_truncation_gives_a_tree_or_a_fault_and_never_an_exception()
    {
        for (var length = 0; length <= Sample.Length; length++)
        {
            var root = Read(Sample[..length], out var faults);
            var isCommentOnly = length <= Sample.IndexOf('\n', StringComparison.Ordinal) + 1;
            Assert.Equal(isCommentOnly, root is null && faults.Count == 0);
        }
    }

    [Fact]
    public void Random_damage_gives_a_tree_or_a_fault_and_never_an_exception()
    {
        var random = new Random(20261123);
        const string Characters = "{}[]:-?&*!|>'\"%@`#, \n\tab0<\0\u00FC";
        for (var round = 0; round < 5000; round++)
        {
            var text = Sample.ToCharArray();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                text[random.Next(text.Length)] = Characters[random.Next(Characters.Length)];
            }

            Read(new string(text), out _);
        }
    }

    [Theory]
    [InlineData("a: [", 2)]
    [InlineData("a: b\n  c: d", 2)]
    [InlineData("a: 'b", 1)]
    [InlineData("a: b\n\tc: d", 1)]
    [InlineData("a: *nowhere", 1)]
    [InlineData("a: &x [*x]", 1)]
    [InlineData("a: 1\n---\nb: 2", 2)]
    [InlineData("a: 1\na: 2", 2)]
    [InlineData("? [a]\n: b", 1)]
    [InlineData("<<: word\na: 1", 1)]
    public void What_is_no_configuration_is_a_fault_with_its_line(string text, int line)
    {
        Read(text, out var faults);

        Assert.Equal(line, Assert.Single(faults).Line);
    }

    [Fact]
    public void A_key_that_stands_twice_leaves_a_tree_to_be_checked_further()
    {
        var root = Read("a: 1\na: 2\nb: 3", out var faults);

        Assert.Equal("The key 'a' stands here a second time; keep one.", Assert.Single(faults).Message);
        Assert.NotNull(((YamlMapping)root!).Find("b"));
    }

    [Fact]
    public void A_merge_takes_over_what_is_not_there()
    {
        var root = (YamlMapping)Read("base: &base {a: 1, b: 2}\nuse:\n  <<: *base\n  b: 3", out var faults)!;
        var use = (YamlMapping)root.Find("use")!.Value;

        Assert.Empty(faults);
        Assert.Equal("1", ((YamlScalar)use.Find("a")!.Value).Text);
        Assert.Equal("3", ((YamlScalar)use.Find("b")!.Value).Text);
    }

    [Fact]
    public void Aliases_that_multiply_are_bounded()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (var i = 1; i < 12; i++)
        {
            text += $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n";
        }

        Assert.Null(Read(text, out var faults));
        Assert.Contains("values", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        Assert.Null(Read(new string('[', 10_000), out var faults));
        Assert.Contains("nested", Assert.Single(faults).Message, StringComparison.Ordinal);
        Assert.Null(Read(new string(' ', YamlReader.MaxSize + 1), out faults));
        Assert.Contains("larger", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    private static YamlNode? Read(string text, out List<ConfigurationFault> faults)
    {
        faults = [];
        return YamlReader.Read(text, faults);
    }
}
