using System.Text;
using Engine.Edge.Answers;
using Engine.Edge.Tests.Fakes;
using Engine.Fields;

namespace Engine.Edge.Tests.Answers;

public sealed class AnswerPageTests
{
    [Fact]
    public void Programs_get_text_with_code_and_trace_id()
    {
        var fields = new FieldList();
        var body = Encoding.UTF8.GetString(AnswerPage.Render(OwnAnswer.NoConnector, "0011-LAB", false, DateTimeOffset.UnixEpoch, fields));

        Assert.Contains("no-connector", body, StringComparison.Ordinal);
        Assert.Contains("0011-LAB", body, StringComparison.Ordinal);
        Assert.StartsWith("text/plain", fields.GetString("content-type"u8), StringComparison.Ordinal);
        Assert.Equal("no-connector", fields.GetString("engine-error"u8));
        Assert.Equal("0011-LAB", fields.GetString("cf-ray"u8));
        Assert.Equal("no-store", fields.GetString("cache-control"u8));
        Assert.Equal("Thu, 01 Jan 1970 00:00:00 GMT", fields.GetString("date"u8));
        Assert.Equal(body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), fields.GetString("content-length"u8));
    }

    [Fact]
    public void Browsers_get_a_page()
    {
        var fields = new FieldList();
        var body = Encoding.UTF8.GetString(AnswerPage.Render(OwnAnswer.UnknownHost, "0011-LAB", true, DateTimeOffset.UnixEpoch, fields));

        Assert.StartsWith("<!doctype html>", body, StringComparison.Ordinal);
        Assert.Contains("<code>unknown-host</code>", body, StringComparison.Ordinal);
        Assert.Contains("0011-LAB", body, StringComparison.Ordinal);
        Assert.StartsWith("text/html", fields.GetString("content-type"u8), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml;q=0.9", true)]
    [InlineData("TEXT/HTML", true)]
    [InlineData("*/*", false)]
    [InlineData("application/json", false)]
    public void Html_is_for_those_who_name_it(string accept, bool expected) =>
        Assert.Equal(expected, AnswerPage.WantsHtml(ScriptedStream.ListOf(("Accept", accept))));

    [Theory]
    [InlineData(502, "origin-refused", "origin-refused")]
    [InlineData(504, "origin-timeout", "origin-timeout")]
    [InlineData(504, null, "origin-timeout")]
    [InlineData(502, null, "origin-failed")]
    [InlineData(508, "loop-detected", "loop-detected")]
    [InlineData(502, "<script>", "origin-failed")]
    [InlineData(502, "Origin", "origin-failed")]
    [InlineData(502, "a\r\nb", "origin-failed")]
    [InlineData(502, "", "origin-failed")]
    public void A_connectors_code_is_repeated_only_if_it_is_one(int status, string? code, string expected)
    {
        var answer = OwnAnswer.ForOrigin(status, code);

        Assert.Equal(expected, answer.Code);
        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public void A_code_of_any_length_is_not_repeated() =>
        Assert.Equal("origin-failed", OwnAnswer.ForOrigin(502, new string('a', 65)).Code);
}
