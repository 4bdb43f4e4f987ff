using System.Text;
using Engine.Tunnels;

namespace Engine.Tests.Tunnels;

public class TunnelCredentialsTests
{
    private const string Secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static readonly Guid Id = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private static readonly TunnelCredentials Known = new("acc", Id, Convert.FromBase64String(Secret), null);

    [Fact]
    public void A_credentials_file_is_read_whatever_the_case_of_its_names()
    {
        Assert.Equal(Known, File($$"""{"AccountTag":"acc","TunnelSecret":"{{Secret}}","TunnelID":"{{Id}}","Endpoint":""}"""));
        Assert.Equal(Known, File($$"""{"accounttag":"acc","TUNNELSECRET":"{{Secret}}","tunnelId":"{{Id}}","Extra":[[1,2]]}"""));
    }

    [Fact]
    public void A_byte_order_mark_and_comments_do_no_harm() =>
        Assert.Equal(Known, File($"\ufeff// mine\n{Known.ToJson()}"));

    [Fact]
    public void An_old_file_without_an_id_leaves_it_empty() =>
        Assert.Equal(Guid.Empty, File($$"""{"AccountTag":"acc","TunnelSecret":"{{Secret}}"}""").TunnelId);

    [Fact]
    public void Files_and_tokens_read_back_as_they_were_written()
    {
        foreach (var credentials in new[] { Known, Known with { Endpoint = "fed", AccountTag = "größe" } })
        {
            Assert.Equal(credentials, File(credentials.ToJson()));
            Assert.Equal(credentials, TunnelCredentials.FromToken(credentials.ToToken()));
            Assert.Equal(credentials, TunnelCredentials.FromToken($" {credentials.ToToken()}\n"));
        }

        Assert.NotEqual(Known, Known with { Secret = new byte[32] });
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("{", "line 1")]
    [InlineData("""{"AccountTag":"\ud800"}""", "JSON")]
    [InlineData("""{"TunnelSecret":"AAAA"}""", "AccountTag")]
    [InlineData("""{"AccountTag":"x"}""", "TunnelSecret")]
    [InlineData("""{"AccountTag":"x","TunnelSecret":"s3cret!"}""", "base64")]
    [InlineData("""{"AccountTag":"x","TunnelSecret":"AAAA","TunnelID":"7"}""", "UUID")]
    [InlineData("""{"AccountTag":"x","TunnelSecret":5}""", "TunnelSecret")]
    public void A_file_that_is_none_is_refused_with_the_reason(string json, string reason)
    {
        var error = Assert.Throws<FormatException>(() => File(json));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("")]
    [InlineData("e30=")]
    public void A_token_that_is_none_is_refused(string token) =>
        Assert.Contains("token", Assert.Throws<FormatException>(() => TunnelCredentials.FromToken(token)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_token_truncated_at_any_character_is_refused()
    {
        var token = Known.ToToken();
        for (var length = 0; length < token.TrimEnd('=').Length; length++)
        {
            Assert.Throws<FormatException>(() => TunnelCredentials.FromToken(token[..length]));
        }
    }

    [Fact]
    public void The_secret_is_never_shown() => Assert.Equal($"tunnel {Id}", $"{Known}");

    private static TunnelCredentials File(string json) => TunnelCredentials.FromFile(Encoding.UTF8.GetBytes(json));
}
