using System.Text;
using Engine.Ingress;

namespace Engine.Tests.Ingress;

public class CanonicalPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("", "/")]
    [InlineData("?q=1", "/")]
    [InlineData("*", "*")]
    [InlineData("/a/b?c=/../d", "/a/b")]
    [InlineData("/a%20b", "/a b")]
    [InlineData("/%C3%BC", "/ü")]
    [InlineData("/%F0%9F%98%80", "/😀")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/b/.", "/a/b/")]
    [InlineData("/..", "/")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/%2e%2e/b", "/b")]
    [InlineData("/a/%2E./b", "/b")]
    [InlineData("/a/...", "/a/...")]
    [InlineData("/a/", "/a/")]
    [InlineData("/a//b", "/a//b")]
    [InlineData("//", "//")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/a%2f..%2fb", "/a%2f..%2fb")]
    [InlineData("/a%252Fb", "/a%2Fb")]
    [InlineData("/a\\b", "/a\\b")]
    [InlineData("/a%5Cb", "/a\\b")]
    [InlineData("/a/..;x/b", "/a/..;x/b")]
    [InlineData("/a+b", "/a+b")]
    public void The_strict_spelling(string target, string expected) => Assert.Equal(expected, Write(target, lenient: false));

    [Theory]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/a%2f..%2fb", "/b")]
    [InlineData("/a\\b", "/a/b")]
    [InlineData("/a%5C..%5Cb", "/b")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("//", "/")]
    [InlineData("/a//", "/a/")]
    [InlineData("/a//../b", "/b")]
    [InlineData("/a/..;x/b", "/b")]
    [InlineData("/a;x/b", "/a;x/b")]
    [InlineData("/a%252Fb", "/a%2Fb")]
    public void The_lenient_spelling(string target, string expected)
    {
        Assert.Equal(expected, Write(target, lenient: true));
    }

    [Theory]
    [InlineData("/a%2Fb")]
    [InlineData("/%41%2fb")]
    [InlineData("/a\\b")]
    [InlineData("/a%5cb")]
    [InlineData("//a")]
    [InlineData("/..;/a")]
    [InlineData("/..%3b/a")]
    public void Spellings_that_may_differ_are_announced(string target) =>
        Assert.True(CanonicalPath.MayBeReadTwoWays(Encoding.UTF8.GetBytes(target)));

    [Theory]
    [InlineData("/")]
    [InlineData("/a/../b")]
    [InlineData("/%41%42%")]
    [InlineData("/%2")]
    [InlineData("/a?b=//%2F\\;")]
    public void Others_are_not(string target) => Assert.False(CanonicalPath.MayBeReadTwoWays(Encoding.UTF8.GetBytes(target)));

    [Theory]
    [InlineData("/%")]
    [InlineData("/%2")]
    [InlineData("/%zz")]
    [InlineData("/%2z")]
    [InlineData("/%00")]
    [InlineData("/a b")]
    [InlineData("/a\0b")]
    [InlineData("/a\nb")]
    [InlineData("/a\x7F")]
    [InlineData("/a#b")]
    public void What_cannot_be_read_is_refused(string target)
    {
        Assert.Null(Write(target, lenient: false));
        Assert.Null(Write(target, lenient: true));
    }

    [Fact]
    public void A_spelling_is_never_longer_than_the_target_and_always_has_a_root()
    {
        var random = new Random(20261123);
        ReadOnlySpan<string> pieces = ["/", ".", "..", "%2e", "%2F", "\\", ";", "a", "%C3", "\u00FC", "%41", "//"];
        for (var round = 0; round < 20_000; round++)
        {
            var target = "/";
            for (var i = random.Next(12); i > 0; i--)
            {
                target += pieces[random.Next(pieces.Length)];
            }

            var path = Write(target, lenient: round % 2 == 0);
            Assert.NotNull(path);
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            Assert.DoesNotContain("/../", path, StringComparison.Ordinal);
            Assert.DoesNotContain("/./", path, StringComparison.Ordinal);
        }
    }

    private static string? Write(string target, bool lenient)
    {
        var octets = Encoding.UTF8.GetBytes(target);
        var characters = new char[octets.Length + 1];
        return CanonicalPath.TryWrite(octets, lenient, new byte[octets.Length + 1], characters, out var length)
            ? new string(characters, 0, length)
            : null;
    }
}
