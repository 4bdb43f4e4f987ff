using Engine.Ingress;

namespace Engine.Tests.Ingress;

public class PathPatternTests
{
    [Theory]
    // Unanchored, case-sensitive.
    [InlineData("\\.(jpg|png)$", "/a/b.jpg", true)]
    [InlineData("\\.(jpg|png)$", "/a/b.jpg.txt", false)]
    [InlineData("\\.(jpg|png)$", "/a/b.JPG", false)]
    [InlineData("api", "/v1/api/x", true)]
    [InlineData("^/api", "/v1/api", false)]
    // '$' is the very end, and '^' the very beginning, unless (?m) says otherwise.
    [InlineData("b$", "/b\n", false)]
    [InlineData("(?m)b$", "/b\nc", true)]
    [InlineData("(?m)^c", "/b\nc", true)]
    [InlineData("^c", "/b\nc", false)]
    [InlineData("b\\z", "/b", true)]
    [InlineData("\\A/b", "/b", true)]
    // Dot and line feed.
    [InlineData("a.b", "/a\nb", false)]
    [InlineData("(?s)a.b", "/a\nb", true)]
    [InlineData("(?s:a.b)c.d", "/a\nbc\nd", false)]
    // Flags end with their group.
    [InlineData("(?i)API", "/api", true)]
    [InlineData("x(?i:A)A", "/xaA", true)]
    [InlineData("x(?i:A)A", "/xaa", false)]
    [InlineData("((?i)A)A", "/aa", false)]
    [InlineData("(?i)a(?-i)b", "/AB", false)]
    [InlineData("(?i)a(?-i)b", "/Ab", true)]
    [InlineData("(?U)a+", "/aa", true)]
    [InlineData("(?i)x|Y", "/y", true)]
    // Names of groups, in both spellings.
    [InlineData("(?P<name>a)(?<other>b)", "/ab", true)]
    // Classes know ASCII only.
    [InlineData("^/\\d$", "/5", true)]
    [InlineData("^/\\d$", "/\u0665", false)]
    [InlineData("^/\\w$", "/\u00FC", false)]
    [InlineData("^/\\W$", "/\u00FC", true)]
    [InlineData("a\\sb", "/a\vb", false)]
    [InlineData("a\\sb", "/a\tb", true)]
    [InlineData("^/[[:alpha:]]+$", "/abc", true)]
    [InlineData("^/[[:^alpha:]]+$", "/abc", false)]
    [InlineData("^/[^[:digit:]x]+$", "/abc", true)]
    [InlineData("^/[^[:digit:]x]+$", "/axc", false)]
    [InlineData("^/[\\d-]+$", "/1-2", true)]
    [InlineData("^/[]a]+$", "/]a", true)]
    [InlineData("^/[^]a]+$", "/]", false)]
    [InlineData("^/[a\\]b]+$", "/]", true)]
    [InlineData("^/[\\x41-\\x{43}]+$", "/ABC", true)]
    // To .NET this would be a subtraction; to RE2 it is a class and a bracket.
    [InlineData("^/[a-z-[aeiou]]$", "/a]", true)]
    [InlineData("^/[a-z-[aeiou]]$", "/b", false)]
    // Unicode.
    [InlineData("^/\\pN$", "/\u0665", true)]
    [InlineData("^/\\p{Lu}$", "/\u00DC", true)]
    [InlineData("^/\\p{Lu}$", "/\u00FC", false)]
    [InlineData("^/\\P{Lu}$", "/\u00FC", true)]
    [InlineData("^/\\p{^Lu}$", "/\u00DC", false)]
    [InlineData("^/[\\pL\\d]+$", "/\u00FC1", true)]
    [InlineData("(?i)\u00DC", "/\u00FC", true)]
    [InlineData("(?i)k", "/\u212A", true)]
    [InlineData("(?i)\u03C3", "/\u03C2", true)]
    [InlineData("(?i)\u03C2", "/\u03A3", true)]
    [InlineData("(?i)\u00B5", "/\u039C", true)]
    [InlineData("(?i)\u212B", "/\u00E5", true)]
    [InlineData("(?i)\U00010400", "/\U00010428", true)]
    [InlineData("(?i)[S]", "/\u017F", true)]
    [InlineData("(?i)^/[^k]$", "/K", false)]
    // A character above the basic plane is one character.
    [InlineData("^/.$", "/\U0001F600", true)]
    [InlineData("^/..$", "/\U0001F600", false)]
    [InlineData("^/[^a]$", "/\U0001F600", true)]
    [InlineData("^/[^a]{2}$", "/\U0001F600", false)]
    [InlineData("^/\U0001F600+$", "/\U0001F600\U0001F600", true)]
    [InlineData("^/[\U0001F600-\U0001F64F]$", "/\U0001F610", true)]
    [InlineData("^/[\\x{1F600}-\\x{1FA00}]$", "/\U0001F920", true)]
    [InlineData("^/[\\x{1F600}-\\x{1FA00}]$", "/\U0001FA01", false)]
    // Word boundaries know ASCII only.
    [InlineData("\\bapi\\b", "/api/", true)]
    [InlineData("\\bapi\\b", "/apis", false)]
    [InlineData("\\bapi\\b", "/\u00FCapi", true)]
    [InlineData("\\bapi\\B", "/api\u00FC", false)]
    [InlineData("\\b.api", "/x\U0001F600api", true)]
    // Literals.
    [InlineData("\\Qa.b\\E+$", "/a.bbb", true)]
    [InlineData("\\Qa.b", "/axb", false)]
    [InlineData("a\\.b\\/c\\-\\_", "/a.b/c-_", true)]
    [InlineData("\\101\\x42\\0", "/AB\0", true)]
    [InlineData("a{,2}", "/a{,2}", true)]
    [InlineData("a{2", "/a{2", true)]
    [InlineData("a}]b", "/a}]b", true)]
    // Repetition.
    [InlineData("^/a{2,3}$", "/aaa", true)]
    [InlineData("^/a{2,3}$", "/aaaa", false)]
    [InlineData("^/a{2,}$", "/aaaa", true)]
    [InlineData("^/(ab){2}$", "/abab", true)]
    [InlineData("^/ab+?$", "/abb", true)]
    [InlineData("^/a??b*?$", "/", true)]
    [InlineData("^*/", "/", true)]
    [InlineData("^/a(?i){2}B$", "/aab", true)]
    [InlineData("^/ab\\Q\\E*$", "/abb", true)]
    [InlineData("", "/", true)]
    [InlineData("a||b", "/", true)]
    [InlineData("()", "/", true)]
    public void An_expression_means_what_RE2_says(string pattern, string path, bool expected)
    {
        Assert.True(PathPattern.TryParse(pattern, out var result, out var error), error);
        Assert.Equal(expected, result.IsMatch(path));
    }

    [Theory]
    [InlineData("(?=a)", "not known to RE2")]
    [InlineData("(?!a)", "not known to RE2")]
    [InlineData("(?<=a)", "not known to RE2")]
    [InlineData("(?<!a)", "not known to RE2")]
    [InlineData("(?>a)", "not known to RE2")]
    [InlineData("(?(a)b)", "not known to RE2")]
    [InlineData("(?#a)", "not known to RE2")]
    [InlineData("(?x)a", "not known to RE2")]
    [InlineData("(?i-)a", "not known to RE2")]
    [InlineData("(?'n'a)", "not known to RE2")]
    [InlineData("(?P<>a)", "name")]
    [InlineData("(?<n-m>a)", "name")]
    [InlineData("(a)\\1", "references back")]
    [InlineData("\\8", "references back")]
    [InlineData("\\k<n>", "no escape '\\k'")]
    [InlineData("\\C", "no escape '\\C'")]
    [InlineData("\\Z", "no escape '\\Z'")]
    [InlineData("\\G", "no escape '\\G'")]
    [InlineData("\\u0041", "no escape '\\u'")]
    [InlineData("\\e", "no escape '\\e'")]
    [InlineData("\\h", "no escape '\\h'")]
    [InlineData("[\\b]", "no escape '\\b'")]
    [InlineData("a\\", "backslash")]
    [InlineData("\\x4", "\\x7F")]
    [InlineData("\\x{110000}", "\\x7F")]
    [InlineData("\\p{Greek}", "scripts")]
    [InlineData("\\pX", "category")]
    [InlineData("\\p{L", "too early")]
    [InlineData("\\p{IsGreek}", "category")]
    [InlineData("(a", "missing")]
    [InlineData("a)", "closes nothing")]
    [InlineData("[a", "missing")]
    [InlineData("[", "missing")]
    [InlineData("[b-a]", "lower character")]
    [InlineData("[[:foo:]]", "no class")]
    [InlineData("*a", "nothing before it")]
    [InlineData("a|*", "nothing before it")]
    [InlineData("(*)", "nothing before it")]
    [InlineData("{2}a", "nothing before it")]
    [InlineData("(?i){2}a", "nothing before it")]
    [InlineData("(?i)*", "nothing before it")]
    [InlineData("a**", "cannot be repeated")]
    [InlineData("a*+", "cannot be repeated")]
    [InlineData("a{2}{3}", "cannot be repeated")]
    [InlineData("a{1001}", "0 to 1000")]
    [InlineData("a{3,2}", "0 to 1000")]
    [InlineData("(a{100}){100}", "exceed 1000")]
    [InlineData("((a{20}){20}){20}", "exceed 1000")]
    [InlineData("\\b\u00FC", "outside ASCII")]
    public void What_RE2_refuses_or_NET_lacks_is_refused(string pattern, string reason)
    {
        Assert.False(PathPattern.TryParse(pattern, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_and_length_are_bounded()
    {
        Assert.False(PathPattern.TryParse(new string('(', 5000) + new string(')', 5000), out _, out var error));
        Assert.Contains("nested", error, StringComparison.Ordinal);
        Assert.False(PathPattern.TryParse(new string('a', 100_000), out _, out error));
        Assert.Contains("longer", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_either_an_expression_or_a_fault_with_a_reason()
    {
        const string Pattern = "(?i)^/a[^\\d[:alpha:]-\\x{1F600}]{2,3}(?P<n>\\pN|\\Qx.y\\E)*?\\b\\z|(?-i:\\101$)";
        for (var length = 0; length <= Pattern.Length; length++)
        {
            var isPattern = PathPattern.TryParse(Pattern[..length], out var result, out var error);
            Assert.Equal(isPattern, result is not null);
            Assert.Equal(isPattern, error is null);
        }
    }

    [Fact]
    public void A_hostile_path_costs_no_more_than_its_length()
    {
        Assert.True(PathPattern.TryParse("^/(a+)+$", out var pattern, out var error), error);
        Assert.False(pattern.IsMatch("/" + new string('a', 30_000) + "!"));
    }
}
