using System.Buffers;
using System.Text;
using Engine.Edge.Front;
using Engine.Testing;

namespace Engine.Edge.Tests.Front;

public sealed class PrefaceTests
{
    private static readonly byte[] Octets = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    [Fact]
    public void The_preface_is_http2_however_it_is_cut()
    {
        for (var at = 0; at <= Octets.Length; at++)
        {
            Assert.True(Preface.IsHttp2(CutSequence.At(Octets, at)));
        }
    }

    [Fact]
    public void A_part_of_it_leaves_the_question_open()
    {
        for (var length = 0; length < Octets.Length; length++)
        {
            Assert.Null(Preface.IsHttp2(new ReadOnlySequence<byte>(Octets, 0, length)));
        }
    }

    [Fact]
    public void One_wrong_octet_settles_it()
    {
        for (var at = 0; at < Octets.Length; at++)
        {
            var wrong = (byte[])Octets.Clone();
            wrong[at] ^= 1;
            Assert.False(Preface.IsHttp2(CutSequence.At(wrong, at)));
            Assert.False(Preface.IsHttp2(new ReadOnlySequence<byte>(wrong, 0, at + 1)));
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PROPFIND / HTTP/1.1\r\n")]
    [InlineData("PRI / HTTP/1.1\r\n")]
    [InlineData("\x16\x03\x01")]
    public void Anything_else_is_not_http2(string start) =>
        Assert.False(Preface.IsHttp2(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(start))));
}
