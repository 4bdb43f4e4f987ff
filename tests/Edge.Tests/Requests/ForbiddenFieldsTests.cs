using System.Text;
using Engine.Edge.Requests;

namespace Engine.Edge.Tests.Requests;

public sealed class ForbiddenFieldsTests
{
    [Theory]
    [MemberData(nameof(ForbiddenNames.Spellings), MemberType = typeof(ForbiddenNames))]
    public void A_reserved_name_is_forbidden_in_every_spelling(string name) =>
        Assert.True(ForbiddenFields.Contains(Encoding.ASCII.GetBytes(name)));

    [Theory]
    [InlineData("cf")]
    [InlineData("cf-rays")]
    [InlineData("cf-ra")]
    [InlineData("xcf-ray")]
    [InlineData("cf-trace-ids")]
    [InlineData("cf-access-client-id")]
    [InlineData("cf-access-client-secret")]
    [InlineData("cf-access-token")]
    [InlineData("cf-cloudflare")]
    [InlineData("engines")]
    [InlineData("x-forwarded-foo")]
    [InlineData("content-type")]
    [InlineData("cookie")]
    [InlineData("host")]
    [InlineData("x")]
    [InlineData("")]
    public void Other_names_pass(string name) => Assert.False(ForbiddenFields.Contains(Encoding.ASCII.GetBytes(name)));
}
