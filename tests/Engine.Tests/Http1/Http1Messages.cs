using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Engine.Fields;
using Engine.Http1;
using Engine.Testing;

namespace Engine.Tests.Http1;

/// <summary>Reads whole messages into text that tests compare.</summary>
internal static class Http1Messages
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static Http1RequestHead Request(string text, Http1Limits? limits = null)
    {
        var head = new Http1RequestHead();
        Assert.True(Now(new Http1Reader(CutPipeReader.Whole(Bytes(text)), limits).ReadRequestHeadAsync(head)));
        return head;
    }

    public static Http1ResponseHead Response(string text, Http1Limits? limits = null)
    {
        var head = new Http1ResponseHead();
        Assert.True(Now(new Http1Reader(CutPipeReader.Whole(Bytes(text)), limits).ReadResponseHeadAsync(head)));
        return head;
    }

    /// <summary>Every request in the input: head, body and trailers.</summary>
    public static string ReadRequests(PipeReader input)
    {
        var text = new StringBuilder();
        var reader = new Http1Reader(input);
        var head = new Http1RequestHead();
        while (Now(reader.ReadRequestHeadAsync(head)))
        {
            text.Append($"{Text(head.Method)}|{Text(head.Target)}|1.{head.MinorVersion}\n{head.Fields}");
            AppendBody(text, reader.OpenBody(Http1Reader.RequestFraming(head)));
        }

        return text.ToString();
    }

    /// <summary>Every response in the input, all as answers to <paramref name="method"/>.</summary>
    public static string ReadResponses(PipeReader input, string method = "GET")
    {
        var text = new StringBuilder();
        var reader = new Http1Reader(input);
        var head = new Http1ResponseHead();
        while (Now(reader.ReadResponseHeadAsync(head)))
        {
            text.Append($"{head.Status}|{Text(head.Reason)}|1.{head.MinorVersion}\n{head.Fields}");
            AppendBody(text, reader.OpenBody(Http1Reader.ResponseFraming(head, Bytes(method))));
        }

        return text.ToString();
    }

    public static string ReadBody(Http1BodyReader body)
    {
        var text = new StringBuilder();
        AppendBody(text, body);
        return text.ToString();
    }

    public static Http1Error ErrorOf(Action action) => Assert.Throws<Http1Exception>(action).Code;

    /// <summary>The result of something that has no reason to wait.</summary>
    public static T Now<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompleted, "It waits although its input is there.");
        return task.GetAwaiter().GetResult();
    }

    private static void AppendBody(StringBuilder text, Http1BodyReader body)
    {
        text.Append('[');
        while (true)
        {
            var result = Now(body.ReadAsync());
            text.Append(Text(result.Buffer.ToArray()));
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        Assert.True(body.IsEnded);
        text.Append(']').Append(body.Trailers).Append('\n');
        body.Complete();
    }

    public static FieldList List(params (string Name, string Value)[] fields)
    {
        var list = new FieldList();
        foreach (var (name, value) in fields)
        {
            list.Add(Bytes(name), value);
        }

        return list;
    }
}
