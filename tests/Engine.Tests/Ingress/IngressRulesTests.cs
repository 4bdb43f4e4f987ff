using System.Text;
using Engine.Ingress;
using Engine.Origins;

namespace Engine.Tests.Ingress;

public class IngressRulesTests
{
    private static readonly IngressRules Sample = Create(
        Rule("app.example.com", "^/admin", "http://admin:1"),
        Rule("app.example.com", null, "http://app:1"),
        Rule("*.example.com", "\\.(jpg|png)$", "http://images:1"),
        Rule("*.example.com", null, "http://wild:1"),
        Rule("bücher.example", null, "http://books:1"),
        Rule(null, "^/health$", "http_status:204"),
        Rule(null, null, "http_status:404"));

    [Theory]
    [InlineData("app.example.com", "/", 2)]
    [InlineData("APP.example.com.:8080", "/x", 2)]
    [InlineData("app.example.com", "/admin/x?y", 1)]
    [InlineData("app.example.com", "/x?/admin", 2)]
    [InlineData("app.example.com", "/x/../admin", 1)]
    [InlineData("app.example.com", "/%61dmin", 1)]
    [InlineData("app.example.com", "/x%2Fy", 2)]
    [InlineData("a.b.example.com", "/x.jpg", 3)]
    [InlineData("b.example.com", "/x.gif", 4)]
    [InlineData("example.com", "/", 7)]
    [InlineData("notexample.com", "/", 7)]
    [InlineData("xn--bcher-kva.example", "/", 5)]
    [InlineData("BÜCHER.example", "/", 5)]
    [InlineData("", "/", 7)]
    [InlineData("other", "/health", 6)]
    [InlineData("other", "/health?x", 6)]
    [InlineData("other", "*", 7)]
    public void The_first_rule_that_matches_decides(string authority, string target, int expected)
    {
        Assert.Equal(expected, Sample.Match(Encoding.UTF8.GetBytes(authority), Encoding.UTF8.GetBytes(target))?.Number);
    }

    [Theory]
    [InlineData("app.example.com", "/x%2f..%2fadmin")]
    [InlineData("app.example.com", "/x\\..\\admin")]
    [InlineData("app.example.com", "//admin")]
    [InlineData("app.example.com", "/x/..;a/admin")]
    [InlineData("app.example.com", "/%zz")]
    [InlineData("app.example.com", "/%00")]
    [InlineData("user@app.example.com", "/")]
    [InlineData("a..b", "/")]
    public void A_request_with_two_readings_is_refused(string authority, string target)
    {
        Assert.Null(Sample.Match(Encoding.UTF8.GetBytes(authority), Encoding.UTF8.GetBytes(target)));
    }

    [Fact]
    public void A_strange_path_is_nobodys_business_where_no_rule_asks_for_it()
    {
        Assert.Equal(5, Sample.Match("xn--bcher-kva.example"u8, "/a%2f..%2fb//%zz"u8)?.Number);
    }

    [Fact]
    public void A_long_path_matches_like_a_short_one()
    {
        var target = Encoding.ASCII.GetBytes("/" + new string('a', 5000) + ".png");

        Assert.Equal(3, Sample.Match("x.example.com"u8, target)?.Number);
    }

    [Theory]
    [InlineData("/admin/x")]
    [InlineData("/x%2Fy")]
    public void Matching_allocates_nothing(string path)
    {
        var target = Encoding.ASCII.GetBytes(path);
        for (var i = 0; i < 200; i++)
        {
            Sample.Match("App.example.com:80"u8, target);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Sample.Match("App.example.com:80"u8, target);
        }

        // Another test on another thread may hold the expression's one cached runner for a moment; a per-match cost would be far above this.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024);
    }

    [Fact]
    public void A_rule_is_its_own_feature()
    {
        IOriginFeature feature = Sample.Rules[0];

        Assert.Same(Sample.Rules[0], feature.Rule);
        Assert.Equal("http://admin:1", feature.Origin.Service);
    }

    [Fact]
    public void Every_fault_is_reported_at_once_with_its_rule_and_place()
    {
        IngressRuleDefinition[] definitions =
        [
            new() { Hostname = "a.*.com", Path = "(?=x)", Service = "nowhere", Position = new(3, 5), HostnamePosition = new(3, 15), ServicePosition = new(5, 9) },
            new() { Hostname = "a.com:80", Service = "http://a/", Position = new(6, 5) },
            new() { Service = "http_status:404", Position = new(8, 5) },
            new() { Hostname = "ok.com", Service = "http://ok", Position = new(9, 5) },
        ];

        Assert.False(IngressRules.TryCreate(definitions, out _, out var faults));

        Assert.Collection(
            faults,
            fault => AssertFault(fault, "Rule 1: hostname 'a.*.com'", 3, 15),
            fault => AssertFault(fault, "Rule 1: path '(?=x)', character 3", 3, 5),
            fault => AssertFault(fault, "Rule 1: service 'nowhere'", 5, 9),
            fault => AssertFault(fault, "Rule 2: hostname 'a.com:80' has a port", 6, 5),
            fault => AssertFault(fault, "Rule 2: service 'http://a/' has a path", 6, 5),
            fault => AssertFault(fault, "Rule 3 takes every request", 8, 5),
            fault => AssertFault(fault, "Rule 4: the last rule has to take every request", 9, 5));
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("*.", false)]
    [InlineData("*.*", false)]
    [InlineData("**.a", false)]
    [InlineData("*a.b", false)]
    [InlineData("a*", false)]
    [InlineData("*.a", true)]
    [InlineData("a b", false)]
    [InlineData("-", true)]
    public void A_star_stands_for_the_whole_first_label(string hostname, bool accepted)
    {
        IngressRuleDefinition[] definitions = hostname == "*" ? [Rule("*", null, "http://a")] : [Rule(hostname, null, "http://a"), Rule(null, null, "http://b")];

        Assert.Equal(accepted, IngressRules.TryCreate(definitions, out _, out _));
    }

    [Fact]
    public void No_rules_are_a_fault()
    {
        Assert.False(IngressRules.TryCreate([], out _, out var faults));
        Assert.Contains("no ingress rules", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_reads_as_a_line()
    {
        Assert.Equal("3:5: Unknown key 'hostnam'. Did you mean 'hostname'?", new ConfigurationFault("Unknown key 'hostnam'.", 3, 5, "hostname").ToString());
        Assert.Equal("Nothing.", new ConfigurationFault("Nothing.", 0, 0).ToString());
    }

    private static void AssertFault(ConfigurationFault fault, string start, int line, int column)
    {
        Assert.StartsWith(start, fault.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (fault.Line, fault.Column));
    }

    private static IngressRuleDefinition Rule(string? hostname, string? path, string service) =>
        new() { Hostname = hostname, Path = path, Service = service, Options = OriginOptions.Default };

    private static IngressRules Create(params IngressRuleDefinition[] definitions)
    {
        Assert.True(IngressRules.TryCreate(definitions, out var rules, out var faults), string.Join('\n', faults));
        return rules;
    }
}
