using Engine.Hosting.Configuration;

namespace Engine.Hosting.Tests.Configuration;

public class NearestNameTests
{
    private static readonly string[] Known = ["hostname", "path", "service", "originRequest", "noTLSVerify", "ca-pool"];

    [Theory]
    [InlineData("hostnam", "hostname")]
    [InlineData("hsotname", "hostname")]
    [InlineData("Service", "service")]
    [InlineData("pth", "path")]
    [InlineData("no-tls-verify", "noTLSVerify")]
    [InlineData("caPool", "ca-pool")]
    [InlineData("origin_request", "originRequest")]
    [InlineData("zebra", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void The_name_that_was_probably_meant(string name, string? expected) => Assert.Equal(expected, NearestName.Find(name, Known));
}
